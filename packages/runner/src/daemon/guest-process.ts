import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { World } from '@nacre/types'
import { compiledIn } from '../compile-cache.js'
import type { Bootstrap, GuestMessage } from '../guest/bootstrap.js'
import { onLines } from '../lines.js'
import type { Logger } from './logger.js'

type GuestFault = Extract<GuestMessage, { type: 'fault' }>

export type GuestProcess = {
  readonly pid: () => number | null
  readonly ready: () => boolean
  readonly restarts: () => number
  readonly lastFault: () => GuestFault | null
  /** Ends the running guest kindly; it is started again at once. */
  restart(): void
  /** Ends the guest kindly, by force after `graceMs`, and starts no other. */
  close(graceMs: number): Promise<void>
}

const BACKOFF_MS = { first: 250, most: 30_000 }
const HEALTHY_MS = 60_000

export type GuestOrder = {
  readonly bootstrap: Bootstrap
  /** The guest's state directory. */
  readonly state: string
  /** One that was spawned before it was known what to tell it. */
  readonly first: Guest
}
/** A guest that runs, and how it ends. */
export type Guest = { readonly child: ChildProcessWithoutNullStreams; readonly ended: Promise<string> }

/** Keeps one guest running: a dead one is started again, with growing pauses while it does not come up. */
export function keepGuest(order: GuestOrder, world: World, logger: Logger, onReady: () => void): GuestProcess {
  const stop = new AbortController()
  let child: ChildProcess | undefined
  let ready = false
  let restarts = 0
  let lastFault: GuestFault | null = null

  const onMessage = (message: GuestMessage) => {
    if (message.type === 'ready') {
      ready = true
      logger.info('guest ready', { pid: child?.pid, endpoint: message.endpoint })
      onReady()
    } else if (message.type === 'turn_failed') {
      logger.warn(`a turn failed; why: runner events --session ${message.session}`, { code: message.code })
    } else {
      if (message.type === 'fault') lastFault = message
      logger.warn(`guest ${message.type}: ${message.message}`)
    }
  }

  const runOnce = async () => {
    const guest = restarts === 0 ? order.first : spawnGuest(order.state)
    child = guest.child
    converse(guest.child, order.bootstrap, onMessage, (line) => logger.warn(`guest: ${line}`))
    logger.info('guest started', { pid: child.pid })
    const end = await guest.ended
    logger[stop.signal.aborted ? 'info' : 'warn']('guest ended', { pid: child.pid, end })
    ready = false
  }

  const keep = async () => {
    for (let failures = 0; !stop.signal.aborted; restarts += 1) {
      const startedAt = world.now()
      await runOnce()
      failures = world.now() - startedAt > HEALTHY_MS ? 0 : failures + 1
      await world.sleep(Math.min(BACKOFF_MS.first * 2 ** (failures - 1), BACKOFF_MS.most), stop.signal)
    }
  }
  const kept = keep()

  return {
    pid: () => (child?.exitCode === null && child.signalCode === null ? (child.pid ?? null) : null),
    ready: () => ready,
    restarts: () => restarts,
    lastFault: () => lastFault,
    restart() {
      ready = false
      child?.stdin?.end()
    },
    async close(graceMs) {
      stop.abort()
      child?.stdin?.write(`${JSON.stringify({ type: 'drain' })}\n`)
      const running = child
      const timer = setTimeout(() => running?.kill('SIGKILL'), graceMs)
      await kept
      clearTimeout(timer)
    },
  }
}

/**
 * A guest that waits to be told what to be. It gets nothing of our environment but where programs, the time zone and its
 * own compiled code are.
 */
export function spawnGuest(state: string): Guest {
  const { PATH, LANG, TZ } = process.env
  const env = { ...(PATH && { PATH }), ...(LANG && { LANG }), ...(TZ && { TZ }), NODE_COMPILE_CACHE: compiledIn(state) }
  const child = spawn(process.execPath, [fileURLToPath(new URL('../guest/main.js', import.meta.url))], {
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: '/',
  })
  child.stdin.on('error', () => undefined) // It died before it read: its exit says so.
  return { child, ended: ended(child) }
}

function converse(
  child: Guest['child'],
  bootstrap: Bootstrap,
  onMessage: (message: GuestMessage) => void,
  onNoise: (line: string) => void,
): void {
  child.stdin.write(`${JSON.stringify(bootstrap)}\n`)
  onLines(child.stdout, (line) => {
    try {
      onMessage(JSON.parse(line) as GuestMessage)
    } catch {
      onNoise(line)
    }
  })
  onLines(child.stderr, onNoise)
}

const ended = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not start: ${error.message}`))
    child.once('exit', (code, signal) => resolve(signal ?? `exit ${code}`))
  })
