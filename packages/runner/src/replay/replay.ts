import { type Agent, type RecordAck, runTurn, type TurnItem } from '@nacre/runtime'
import {
  apply,
  closeFork,
  EMPTY_SESSION,
  EVENT_CLASS,
  isUnknown,
  type LiftedEvent,
  lift,
  type NewSessionEvent,
  type SessionState,
} from '@nacre/session'
import type { BlobHash, Seq, SessionId, StoredEvent } from '@nacre/types'
import { comparable, isSame } from './compare.js'
import { createRecorded, isMade } from './recorded.js'
import { scriptedAgent, scriptedPorts } from './scripted-agent.js'
import type { RecordedPrefix, Stage } from './stage.js'

/** What a replay came to. Without a divergence what was recorded is what would be written today. */
export type Replayed = {
  readonly turns: number
  readonly events: number
  /** False: it ended before the log does, and a note says why. */
  readonly whole: boolean
  readonly divergence?: Divergence
  /** What could not be replayed, or was taken as it is recorded, in words. */
  readonly notes: readonly string[]
}
export type Divergence = { readonly seq: Seq; readonly expected: unknown; readonly got: unknown }

type Source = {
  readonly session: SessionId
  readonly events: readonly StoredEvent[]
  readonly blob: (hash: BlobHash) => Promise<Uint8Array | undefined>
}

/**
 * Drives a session's turns again, from its first event to its last: commands are fed where they lie in the log, the model says
 * and tools give what was recorded. Nothing is written, called or run.
 */
export async function replaySession({ session, events: stored, blob }: Source): Promise<Replayed> {
  const record = createRecorded(stored.map((event) => withoutSlice(lift(event))))
  const notes = new Set<string>()
  let state: SessionState = EMPTY_SESSION
  let turns = 0

  const take = (): LiftedEvent => {
    const event = record.take()
    state = apply(state, event)
    if (event.type === 'turn.finished') turns += 1
    if (isUnknown(event)) notes.add(`Events ${event.type} are not known to this version, and were passed over.`)
    return event
  }
  const ended = (divergence?: Divergence): Replayed => ({
    turns,
    events: stored.length,
    whole: divergence === undefined && record.next() === undefined,
    notes: [...notes],
    ...(divergence && { divergence }),
  })

  for (;;) {
    const next = record.next()
    if (next === undefined) return ended()
    if (next.type === 'session.forked' && 'from' in next) {
      const [, ...closing] = closeFork(state, next.from, next.upTo)
      take()
      const differs = compared(closing, record.next, take)
      if (differs) return ended(differs)
    } else if (!isMade(next)) take()
    else if (isCompaction(next)) {
      takeCompaction(next, record.next, take)
      notes.add('Compactions were taken as recorded: where one begins depends on limits that are not in the log.')
    } else {
      const prefix = await prefixOf(record.prefixNext() ?? state.prefix, blob, notes)
      if (prefix === undefined) return ended()
      const drive = { session, prefix, blob, record, take, state: () => state }
      const end = await driveOnce(drive)
      // Twice the same would be for ever the same.
      if (end === 'on' && record.next() === next && !isCompaction(next)) return ended(nothing(next))
      if (typeof end === 'object') return ended(end)
      if (end !== 'open') continue
      notes.add('The log ends in the middle of a turn.')
      return ended()
    }
  }
}

const isCompaction = (event: LiftedEvent): boolean =>
  event.type === 'session.compacted' || (event.type === 'step.started' && 'compacts' in event)

/** Who granted how much, and what it was counted against, is in the ledger and the configuration. */
function withoutSlice(event: LiftedEvent): LiftedEvent {
  if (isUnknown(event)) return event
  if (event.type === 'turn.started') {
    const { allowance: _, ...started } = event
    return started
  }
  if (event.type !== 'session.created' || event.parent === undefined) return event
  const { allowance: _, ...parent } = event.parent
  return { ...event, parent }
}

type Take = () => LiftedEvent
type Next = () => LiftedEvent | undefined

/** A step that sums up, what came in while it did, and the checkpoint behind it. */
function takeCompaction(first: LiftedEvent, next: Next, take: Take): void {
  take()
  if (first.type === 'session.compacted') return
  const step = 'step' in first ? first.step : undefined
  for (let event = next(); event && event.type !== 'session.claimed'; event = next()) {
    if (isMade(event) && !('step' in event && event.step === step && event.type === 'step.finished')) return
    take()
    if (event.type === 'step.finished') return
  }
}

/** Takes what is recorded as far as it is what was made; where it is not, says so. */
function compared(made: readonly NewSessionEvent[], next: Next, take: Take): Divergence | undefined {
  for (const event of made) {
    const recorded = next()
    if (recorded === undefined) return undefined
    if (!isSame(event, recorded)) return { seq: recorded.seq, expected: comparable(recorded), got: comparable(event) }
    take()
  }
  return undefined
}

/** What every request of the coming turn began with; an empty one where its blob is gone. */
async function prefixOf(
  hash: BlobHash | undefined,
  blob: Source['blob'],
  notes: Set<string>,
): Promise<RecordedPrefix | undefined> {
  const bytes = hash === undefined ? undefined : await blob(hash)
  // Found by the hash of its bytes, and written by the runtime.
  if (bytes) return JSON.parse(new TextDecoder().decode(bytes)) as RecordedPrefix
  notes.add('The prompt and tools of a turn are gone from the blobs: from there on nothing could be replayed.')
  return undefined
}

type Drive = Pick<Source, 'session' | 'blob'> & {
  readonly prefix: RecordedPrefix
  readonly record: ReturnType<typeof createRecorded>
  readonly take: Take
  readonly state: () => SessionState
}

/** One run of the runtime, as far as its engine got with it. */
async function driveOnce({ session, prefix, blob, record, take, state }: Drive): Promise<Divergence | 'open' | 'on'> {
  const cancel = new AbortController()
  const died = Promise.withResolvers<'died'>()
  const crash = () => {
    died.resolve('died')
    return new Promise<never>(() => undefined)
  }
  const stage: Stage = { record, state, blob, cancel: () => cancel.abort(), crash }
  const agent: Agent = scriptedAgent(stage, prefix)
  const ports = scriptedPorts(stage, prefix)
  const turn = runTurn({ session, state: state(), agent, ports, signal: cancel.signal })
  let next = await Promise.race([turn.next(), died.promise])
  for (;;) {
    if (next === 'died') return record.next() === undefined ? 'open' : 'on'
    if (next.done) return next.value.type === 'finished' ? 'on' : rests(record.next())
    const ack = next.value.type === 'record' ? written(next.value, record.next, take) : undefined
    if (ack === 'gone') return 'on'
    if (ack === 'open') return 'open'
    if (ack && 'seq' in ack) return ack
    next = await Promise.race([turn.next(ack), died.promise])
  }
}

/** Nothing could be done without somebody else, and yet something is recorded. */
const rests = (recorded: LiftedEvent | undefined): Divergence | 'on' =>
  recorded && isMade(recorded) ? nothing(recorded) : 'on'

const nothing = (recorded: LiftedEvent): Divergence => ({
  seq: recorded.seq,
  expected: comparable(recorded),
  got: null,
})

/**
 * What the log says to a record: it takes it where nothing has come in between, else only its outcomes. `gone`: the engine
 * had died, or what comes is taken as it is recorded.
 */
function written(
  { events }: Extract<TurnItem, { type: 'record' }>,
  next: Next,
  take: Take,
): RecordAck | Divergence | 'gone' | 'open' {
  const acked: LiftedEvent[] = []
  for (let event = next(); event && !isMade(event); event = next()) {
    if (event.type === 'session.claimed' || event.type === 'session.forked') return 'gone'
    acked.push(take())
  }
  const list = acked.length === 0 ? events : events.filter((event) => EVENT_CLASS[event.type] === 'outcome')
  for (const event of list) {
    const recorded = next()
    if (recorded === undefined) return 'open'
    // A fork may have been made between two events of one append.
    if (isCompaction(recorded) || recorded.type === 'session.forked') return 'gone'
    const differs = compared([event], next, (): LiftedEvent => {
      const taken = take()
      acked.push(taken)
      return taken
    })
    if (differs) return differs
  }
  return { moved: list !== events, events: acked }
}
