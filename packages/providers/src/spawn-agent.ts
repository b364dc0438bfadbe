import { type ChildProcess, spawn } from 'node:child_process'
import type { World } from '@nacre/types'
import type { AgentProcess, AgentProgram } from './agent-process.js'

/** Between SIGTERM and SIGKILL. */
const GRACE_MS = 1_000
const COMPLAINT_CHARS = 4_096

/**
 * The watcher comes first and holds neither stdin nor an output. Descriptor 3 is a pipe whose other end only this
 * program holds: when it dies, by `kill -9` too, the watcher ends the group.
 */
const BEGIN = `
trap '' HUP INT TERM
/bin/sh -c 'read -r gone <&3; kill -s KILL -- "-$1"' nacre-watcher "$$" </dev/null >/dev/null 2>&1 &
trap - HUP INT TERM
exec 3<&-
exec "$@"`

/** A real process; on a failure to start it only its `exited` rejects. */
export function spawnAgent(
  { command, args, env, cwd }: AgentProgram,
  input: string,
  world: Pick<World, 'sleep'>,
): AgentProcess {
  const child = spawn('/bin/sh', ['-c', BEGIN, 'sh', command, ...args], {
    env,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  })
  const exited = new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      // What it left behind must not hold its output open.
      signalGroup(child, 'SIGKILL')
      resolve({ code, signal })
    })
  })
  exited.catch(() => {})
  // A program that reads nothing, or is gone, breaks the pipe; what it says of itself tells more.
  for (const pipe of [child.stdin, child.stdio[3]]) pipe?.on('error', () => {})
  child.stdin.end(input)
  return { output: child.stdout, complaints: complaintsOf(child), exited, end: () => end(child, exited, world) }
}

function complaintsOf(child: ChildProcess): () => string {
  let text = ''
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-COMPLAINT_CHARS)
  })
  return () => text
}

/** Asks the group to end, then makes it. */
async function end(child: ChildProcess, exited: Promise<unknown>, world: Pick<World, 'sleep'>): Promise<void> {
  const gone = exited.catch(() => {})
  if (child.exitCode === null && child.signalCode === null) {
    const clock = new AbortController()
    signalGroup(child, 'SIGTERM')
    await Promise.race([gone, world.sleep(GRACE_MS, clock.signal)])
    clock.abort()
    signalGroup(child, 'SIGKILL')
    await gone
  }
  for (const pipe of child.stdio) pipe?.destroy()
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch (error) {
    // Nobody is left; macOS says EPERM of a group of zombies.
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}
