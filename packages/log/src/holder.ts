import { readFileSync, statSync } from 'node:fs'
import { Fault } from '@nacre/types'

/** Says who likely holds a log, as far as the system tells: Linux lists locks by inode, others do not. */
export function describeHolder(file: string, refused: Fault): Fault {
  const pid = holderOf(file)
  const who =
    pid === process.pid
      ? 'this process itself, which has opened it before'
      : pid === undefined
        ? "another process, most likely this user's daemon"
        : `process ${pid}, most likely this user's daemon`
  return new Fault('conflict', `The log ${file} is held by ${who}.`, {
    retry: refused.retry,
    mend:
      pid === process.pid
        ? 'Close it first, or share the one that is open.'
        : 'See who it is with `runner status --user <name>`; go through it, or stop it first.',
  })
}

function holderOf(file: string): number | undefined {
  try {
    const { ino } = statSync(file)
    const line = readFileSync('/proc/locks', 'utf8')
      .split('\n')
      .find((lock) => lock.includes(' POSIX ') && lock.includes(`:${ino} `))
    const pid = Number(line?.trim().split(/\s+/)[4])
    // 0 and -1 stand for a process of another pid namespace.
    return pid > 0 ? pid : undefined
  } catch {
    return undefined
  }
}
