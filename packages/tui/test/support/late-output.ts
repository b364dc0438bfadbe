import { EventEmitter } from 'node:events'

/**
 * `process.stdout` of a terminal that tells its size late, as one does over a slow line: only after so many writes, all of
 * which it reads for the size that it has already.
 */
export function lateOutput(writes: number): typeof process.stdout {
  const { stdout } = process
  const told = new EventEmitter()
  let known = { columns: stdout.columns, rows: stdout.rows }
  let left = 0
  stdout.on('resize', () => {
    left = writes
  })
  const write = (text: string) => {
    if (left > 0 && --left === 0) {
      known = { columns: stdout.columns, rows: stdout.rows }
      setImmediate(() => told.emit('resize'))
    }
    return stdout.write(text)
  }
  return new Proxy(stdout, {
    get(target, key, receiver) {
      if (key === 'columns' || key === 'rows') return known[key]
      if (key === 'write') return write
      if (key === 'on' || key === 'off')
        return (event: string, listener: () => void) => {
          if (event === 'resize') told[key](event, listener)
          else target[key](event, listener)
          return receiver
        }
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
