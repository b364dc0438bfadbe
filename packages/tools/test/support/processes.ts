import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { onTestFinished } from 'vitest'

let marks = 0
/** A `sleep` of a duration that no other process has, by which it is found; what a failed test leaves of it is killed. */
export function markedSleep(): string {
  const mark = `sleep 1000.${process.pid}${++marks}`
  onTestFinished(() => {
    for (const pid of running(mark)) process.kill(pid, 'SIGKILL')
  })
  return mark
}

/** The numbers of the running processes with this text on their command line. A zombie has no command line. */
export function running(mark: string): number[] {
  if (process.platform !== 'linux') {
    const lines = execFileSync('ps', ['-axo', 'pid=,command='], { encoding: 'utf8' }).split('\n')
    return lines.filter((line) => line.includes(mark)).map((line) => Number.parseInt(line, 10))
  }
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && commandLine(pid).includes(mark))
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}
