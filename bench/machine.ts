import { execFileSync } from 'node:child_process'
import { cpus, freemem, loadavg, release, totalmem, type } from 'node:os'

const gb = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`

/** On what a run was measured, and how busy that was. */
export function machine(): readonly (readonly [name: string, value: string])[] {
  const [first] = cpus()
  return [
    ['date', new Date().toISOString()],
    ['commit', commit()],
    ['processor', `${cpus().length} × ${first?.model.trim() ?? 'unknown'}`],
    ['memory', `${gb(totalmem())}, ${gb(freemem())} free`],
    ['system', `${type()} ${release()}`],
    ['Node', process.version],
    ['load before', load()],
  ]
}

/** Of the last minute: more than a little of it makes every time here too long. */
export const load = (): string => (loadavg()[0] ?? 0).toFixed(2)

function commit(): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no') !== ''
    return `${git('rev-parse', '--short', 'HEAD')}${changed ? ', with changes' : ''}`
  } catch {
    return 'unknown'
  }
}
