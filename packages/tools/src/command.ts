import { type ChildProcess, spawn } from 'node:child_process'
import { orAborted } from '@nacre/kit'
import { type ExecResult, Fault, type World } from '@nacre/types'
import { codeOf } from './errno.js'
import { listen } from './output.js'
import { endSession, signalGroup } from './process-group.js'

/** Between SIGTERM and SIGKILL; the promise is that a cancelled command is gone within two seconds. */
const GRACE_MS = 1_000
const UNKILLABLE_MS = 10_000

/**
 * Descriptor 3 is a pipe whose other end only this program holds. When this program dies, by `kill -9` too, the pipe
 * closes, and the watcher kills the session that $1 began, again until it finds nothing: what was just forked, or was
 * just leaving its group, is missed once, not twice. The group comes last, since the watcher is in it; where there is no
 * /proc it is all that is done.
 * A command that calls setsid, or kills its watcher, escapes this: only a sealed tier holds what wants to get away.
 */
const WATCH = `
leader=$1
read -r gone <&3
passes=1000
while [ "$passes" -gt 0 ]; do
  passes=$((passes - 1)) found=
  for stat in /proc/[0-9]*/stat; do
    read -r line <"$stat" || continue
    set -- \${line##*) }
    [ "$4" = "$leader" ] && [ "$1" != Z ] || continue
    pid=\${stat#/proc/} pid=\${pid%/stat}
    [ "$pid" != "$$" ] && kill -s KILL "$pid" && found=yes
  done
  [ "$found" ] || break
done
kill -s KILL -- "-$leader"`

/**
 * The watcher comes first, so that nothing runs unwatched; it holds neither output, which would keep them open, and
 * not the command's text, by which a command like `pkill -f` would find it. It is born ignoring the SIGTERM that its
 * group gets: a trap of its own would come too late for a cancel at once. The command gets no descriptor 3, and the `--`
 * lets it begin with a dash. `exec` leaves it this shell's number, and a shell that has no child to wait for.
 */
const BEGIN = `
trap '' HUP INT TERM
/bin/sh -c "$2" nacre-watcher "$$" </dev/null >/dev/null 2>&1 &
trap - HUP INT TERM
exec 3<&-
exec /bin/sh -c -- "$1"`

export type CommandSetting = {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly outputBytes: number
  readonly world: Pick<World, 'sleep'>
}
type RunOptions = {
  readonly signal: AbortSignal
  readonly timeoutMs: number
  readonly onOutput?: (stream: 'stdout' | 'stderr', text: string) => void
}
type Exit = { readonly code: number | null; readonly signal: string | null }

/**
 * Runs `command` with `sh -c` in a session of its own and with nothing of our environment. Resolves when nothing of it
 * runs any more. Throws a Fault if it could not be started or ended, and what `onOutput` threw, once it has ended.
 */
export async function runCommand(command: string, setting: CommandSetting, options: RunOptions): Promise<ExecResult> {
  if (options.signal.aborted) return { end: { type: 'cancelled' }, stdout: '', stderr: '', droppedBytes: 0 }
  const child = start(command, setting)
  const exited = exitOf(child)
  const leader = child.pid ?? (await failed(exited))
  const broken = new AbortController()
  const clock = new AbortController()
  const output = listen(child, setting.outputBytes, options.onOutput, (error) => broken.abort(error))
  try {
    const signal = AbortSignal.any([options.signal, broken.signal])
    const deadline = setting.world.sleep(options.timeoutMs, clock.signal).then(() => 'timeout' as const)
    const first = await orAborted(Promise.race([exited, deadline]), signal)
    if (first === 'aborted' || first === 'timeout') await terminate(leader, exited, setting.world)
    if (!(await endSession(leader, setting.world)))
      throw new Fault('internal', 'A process of the command could not be ended')
    await output.drained(setting.world)
    if (broken.signal.aborted) throw broken.signal.reason
    return { end: endOf(first), ...output.result() }
  } finally {
    clock.abort()
    for (const stream of child.stdio) stream?.destroy()
  }
}

function start(command: string, { cwd, env }: CommandSetting): ChildProcess {
  try {
    const stdio = ['ignore', 'pipe', 'pipe', 'pipe'] as const
    const child = spawn('/bin/sh', ['-c', BEGIN, 'sh', command, WATCH], { cwd, env, detached: true, stdio: [...stdio] })
    // Nobody writes to the pipe; when the watcher dies first, its end is no failure of ours.
    child.stdio[3]?.on('error', () => undefined)
    return child
  } catch (error) {
    throw notStarted(error)
  }
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(notStarted(error)))
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
}

/** A child without a number never began, and what it has is an error. */
async function failed(exited: Promise<Exit>): Promise<never> {
  await exited
  throw new Fault('internal', 'The command has no process')
}

/** Asks the group to end, then makes it. */
async function terminate(leader: number, exited: Promise<Exit>, world: Pick<World, 'sleep'>): Promise<void> {
  const clock = new AbortController()
  signalGroup(leader, 'SIGTERM')
  await Promise.race([exited, world.sleep(GRACE_MS, clock.signal)])
  signalGroup(leader, 'SIGKILL')
  await Promise.race([exited, world.sleep(UNKILLABLE_MS, clock.signal)])
  clock.abort()
}

function endOf(first: Exit | 'aborted' | 'timeout'): ExecResult['end'] {
  if (first === 'aborted') return { type: 'cancelled' }
  if (first === 'timeout') return { type: 'timeout' }
  return first.signal === null ? { type: 'exit', code: first.code ?? 0 } : { type: 'signal', signal: first.signal }
}

const notStarted = (error: unknown) =>
  new Fault('unavailable', `The command could not be started (${codeOf(error) ?? 'no code'})`)
