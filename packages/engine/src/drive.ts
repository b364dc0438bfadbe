import { OVER } from '@nacre/kit'
import { runTurn, type TurnEnd, type TurnItem, type TurnPorts } from '@nacre/runtime'
import {
  apply,
  fold,
  hasWork,
  isDue,
  isTransient,
  lift,
  type NewSessionEvent,
  type Parent,
  type SessionState,
  sessionOf,
  waitingFor,
} from '@nacre/session'
import { Fault, type Log, type SessionId, type StreamName, streamName } from '@nacre/types'
import { agentFor } from './agent-for.js'
import { claim } from './claim.js'
import { delegatesIn, deliver } from './delegates.js'
import type { Hold } from './hold.js'
import type { DrivePorts, FailedTurn } from './ports.js'
import { createWriter, readAfter, type Writer } from './write.js'

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
  if (claimed.type !== 'held') return [claimed.type, claimed.state]
  const { hold } = claimed
  let { state } = claimed
  for (;;) {
    const end = await driveOnce(hold, state, ports, signals.abandon)
    if (end === 'lost') return ['lost', state]
    state = fold(await readAfter(ports.log, stream, end.state.seq), end.state)
    if (state.epoch > hold.epoch) return ['lost', state]
    if (!hasWork(state, ports.world.now())) return [await restOf(stream, state, ports), state]
    if (signals.stop.aborted) return ['stopped', state]
  }
}

/** One turn, or the last thing that a delegate does. */
async function driveOnce(
  hold: Hold,
  state: SessionState,
  ports: DrivePorts,
  abandon: AbortSignal,
): Promise<{ state: SessionState } | 'lost'> {
  if (!isDelegate(state) || !isDue(state)) return driveTurn(hold, state, ports, abandon)
  await deliver(ports.log, ports.user, sessionOf(hold.stream), state)
  return { state }
}

const isDelegate = (state: SessionState): state is SessionState & { parent: Parent } => state.parent !== undefined

/** A delegate that asks for an approval is seen by nobody: the session that a person looks at says so. */
async function restOf(stream: StreamName, state: SessionState, { log, user }: DrivePorts): Promise<'waiting' | 'idle'> {
  const call = waitingFor(state)
  if (call === undefined) return 'idle'
  const asks = call.status.type === 'asked' || (call.status.type === 'questioned' && !call.status.delegate)
  if (!isDelegate(state) || !asks) return 'waiting'
  const text = `The delegate ${state.agent} waits for you: ${call.name}. Go to its session, ${sessionOf(stream)}, to answer.`
  const notice: NewSessionEvent = { type: 'notice.posted', level: 'info', text }
  await log.append(streamName(user, state.parent.root), [notice])
  return 'waiting'
}

async function driveTurn(
  hold: Hold,
  state: SessionState,
  ports: DrivePorts,
  signal: AbortSignal,
): Promise<TurnEnd | 'lost'> {
  const { stream } = hold
  const agent = await agentFor(state, ports.agentOf)
  if (agent === undefined) {
    throw new Fault('not_found', `The agent ${state.agent} of ${stream} is not configured any more.`, {
      mend: 'Select another agent for the session, or configure it again and restart.',
    })
  }
  const forTurn = await turnPorts(sessionOf(stream), ports)
  const cancel = new AbortController()
  const watch = new AbortController()
  const stopped = () => cancel.abort()
  signal.addEventListener('abort', stopped, { once: true })
  const watcher = watchCommands(hold, state, ports.log, cancel, watch.signal)
  const turn = runTurn({
    session: sessionOf(stream),
    state,
    agent,
    ports: forTurn,
    signal: cancel.signal,
  })
  try {
    const end = await pump(turn, createWriter(ports.log, hold, state.seq), stream, ports.log, signal, watcher)
    if (end !== 'lost' && end.type === 'finished' && end.outcome === 'failed')
      ports.onFailedTurn?.(failedTurn(stream, end))
    return end
  } finally {
    // After a failed append this is the abandonment: the generator aborts its children and waits for them.
    cancel.abort(OVER)
    await turn.return(undefined as never)
    signal.removeEventListener('abort', stopped)
    watch.abort(OVER)
    await watcher.done
  }
}

const failedTurn = (stream: StreamName, { turn, state }: Extract<TurnEnd, { type: 'finished' }>): FailedTurn => ({
  session: sessionOf(stream),
  code: state.turns.find((ended) => ended.turn === turn)?.end?.fault?.code,
})

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

async function turnPorts(session: SessionId, { world, log, user, ledger }: DrivePorts): Promise<TurnPorts> {
  const grants = ledger.grantsFor(session)
  return {
    world,
    blobs: log.blobs,
    approvals: await ledger.approvals(),
    delegates: delegatesIn(log, user),
    ...(grants && { grants }),
  }
}

type Watcher = { readonly done: Promise<void>; readonly lost: () => boolean }

/** Sees cancels, foreign claims and a deletion while the turn sits in a model call or a tool, and aborts it. */
function watchCommands(
  hold: Hold,
  from: SessionState,
  log: Log,
  cancel: AbortController,
  signal: AbortSignal,
): Watcher {
  let lost = false
  const watch = async () => {
    let state = from
    for await (const item of log.follow(hold.stream, { after: from.seq, signal })) {
      if (item.kind !== 'stored') continue
      state = apply(state, lift(item.event))
      lost ||= state.epoch > hold.epoch || state.deleted === true
      if (lost || state.open?.cancelRequested) cancel.abort()
    }
  }
  // A log that fails fails the next append too, and that is where it is handled.
  return { done: watch().catch(() => undefined), lost: () => lost }
}
