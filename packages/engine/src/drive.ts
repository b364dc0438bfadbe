import { type Agent, runTurn, type TurnEnd, type TurnItem, type TurnPorts } from '@nacre/runtime'
import { apply, fold, hasWork, isTransient, lift, type NewSessionEvent, type SessionState } from '@nacre/session'
import { type Fence, type Log, type SessionId, type StreamName, sessionId, type World } from '@nacre/types'
import type { UserLedger } from './ledger.js'
import { createWriter, readAfter, type Writer } from './write.js'

/** Whatever acts on the world for a session and checks epochs where the effect happens. */
export type Effector = { fence(fence: Fence): Promise<void> }

export type DrivePorts = {
  readonly log: Log
  readonly world: World
  readonly engine: string
  readonly agentOf: (name: string) => Agent
  readonly effectors: readonly Effector[]
  readonly ledger?: UserLedger
}

/** How a drive ended: nothing left to do, waiting for somebody, another engine's claim, or told to stop. */
export type DriveEnd = 'idle' | 'waiting' | 'lost' | 'refused' | 'stopped'

/** `stop` lets a running turn go on and begins no other; `abandon` records nothing more. */
export type DriveSignals = { readonly stop: AbortSignal; readonly abandon: AbortSignal }

/**
 * Claims a session and carries its turns on until there is nothing to do. What is abandoned is settled by the next
 * drive, like a crash.
 */
export async function drive(
  stream: StreamName,
  known: SessionState,
  ports: DrivePorts,
  signals: DriveSignals,
): Promise<[DriveEnd, SessionState]> {
  const claimed = await claim(stream, known, ports)
  if (claimed.type !== 'claimed') return [claimed.type, claimed.state]
  let { state } = claimed
  const { epoch } = state
  for (;;) {
    const end = await driveTurn(stream, state, ports, signals.abandon)
    if (end === 'lost') return ['lost', state]
    state = fold(await readAfter(ports.log, stream, end.state.seq), end.state)
    if (state.epoch > epoch) return ['lost', state]
    if (!hasWork(state)) return [end.type === 'waiting' ? 'waiting' : 'idle', state]
    if (signals.stop.aborted) return ['stopped', state]
  }
}

type Claim = { type: 'claimed' | 'idle' | 'lost' | 'refused'; state: SessionState }

async function claim(stream: StreamName, known: SessionState, ports: DrivePorts): Promise<Claim> {
  const { log, engine, effectors } = ports
  let state = fold(await readAfter(log, stream, known.seq), known)
  for (const before = state.epoch; ; state = fold(await readAfter(log, stream, state.seq), state)) {
    if (state.epoch > before) return { type: 'lost', state }
    if (state.unknown.length > 0) return { type: 'refused', state: await refuse(stream, state, log) }
    if (!hasWork(state)) return { type: 'idle', state }
    const epoch = state.epoch + 1
    const result = await log.append(stream, [claimEvent(epoch, engine)], { expectedSeq: state.seq })
    if (result.type === 'conflict') continue
    await Promise.all(effectors.map((effector) => effector.fence({ session: sessionOf(stream), epoch })))
    return {
      type: 'claimed',
      state: fold(
        result.events.map((event) => lift(event)),
        state,
      ),
    }
  }
}

const claimEvent = (epoch: number, engine: string): NewSessionEvent => ({ type: 'session.claimed', epoch, engine })

const REFUSAL = 'This session holds events that this version of Nacre does not know, so it is not carried on'

/** Driving past an event that is not understood could contradict it. */
async function refuse(stream: StreamName, state: SessionState, log: Log): Promise<SessionState> {
  if (state.notices.some((notice) => notice.text.startsWith(REFUSAL))) return state
  const text = `${REFUSAL} (${state.unknown.join(', ')}). Start the newer version that wrote them, or fork the session before them.`
  const notice: NewSessionEvent = { type: 'notice.posted', level: 'warning', text }
  const result = await log.append(stream, [notice], { expectedSeq: state.seq })
  return result.type === 'appended'
    ? fold(
        result.events.map((event) => lift(event)),
        state,
      )
    : state
}

async function driveTurn(
  stream: StreamName,
  state: SessionState,
  ports: DrivePorts,
  signal: AbortSignal,
): Promise<TurnEnd | 'lost'> {
  const cancel = new AbortController()
  const watch = new AbortController()
  const stopped = () => cancel.abort()
  signal.addEventListener('abort', stopped, { once: true })
  const watcher = watchCommands(stream, state, ports.log, cancel, watch.signal)
  const turn = runTurn({
    session: sessionOf(stream),
    state,
    agent: ports.agentOf(state.agent),
    ports: turnPorts(sessionOf(stream), ports),
    signal: cancel.signal,
  })
  try {
    return await pump(turn, createWriter(ports.log, stream, state.epoch, state.seq), stream, ports.log, signal, watcher)
  } finally {
    // After a failed append this is the abandonment: the generator aborts its children and waits for them.
    cancel.abort()
    await turn.return(undefined as never)
    signal.removeEventListener('abort', stopped)
    watch.abort()
    await watcher.done
  }
}

async function pump(
  turn: ReturnType<typeof runTurn>,
  writer: Writer,
  stream: StreamName,
  log: Log,
  signal: AbortSignal,
  watcher: Watcher,
): Promise<TurnEnd | 'lost'> {
  let next = await turn.next()
  for (;;) {
    if (signal.aborted || watcher.lost()) return 'lost'
    if (next.done) return next.value
    const item: TurnItem = next.value
    if (item.type === 'record') {
      const ack = await writer.write(item.events)
      if (ack === 'lost') return 'lost'
      next = await turn.next(ack)
    } else {
      if (isTransient(item)) log.publish(stream, item)
      next = await turn.next()
    }
  }
}

const turnPorts = (session: SessionId, { world, log, ledger }: DrivePorts): TurnPorts => ({
  world,
  blobs: log.blobs,
  ...(ledger && { grants: ledger.grantsFor(session) }),
})

type Watcher = { readonly done: Promise<void>; readonly lost: () => boolean }

/** Sees cancels and foreign claims while the turn sits in a model call or a tool, and aborts it. */
function watchCommands(
  stream: StreamName,
  from: SessionState,
  log: Log,
  cancel: AbortController,
  signal: AbortSignal,
): Watcher {
  let lost = false
  const watch = async () => {
    let state = from
    for await (const item of log.follow(stream, { after: from.seq, signal })) {
      if (item.kind !== 'stored') continue
      state = apply(state, lift(item.event))
      lost ||= state.epoch > from.epoch
      if (lost || state.open?.cancelRequested) cancel.abort()
    }
  }
  // A log that fails fails the next append too, and that is where it is handled.
  return { done: watch().catch(() => undefined), lost: () => lost }
}

export const sessionOf = (stream: StreamName): SessionId => sessionId(stream.slice(stream.indexOf('/') + 1))
