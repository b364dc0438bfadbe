import type { ChildProcess } from 'node:child_process'

/** What a child says next. */
export function told<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const gone = () => reject(new Error(`${child.spawnargs.slice(1).join(' ')} ended before it was done`))
    child.once('exit', gone).once('message', (message) => {
      child.off('exit', gone)
      resolve(message as T)
    })
  })
}
