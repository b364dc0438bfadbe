import { type AnswerPart, callId, type ModelEvent, type StopReason } from '@nacre/types'
import { type CallDraft, placeDelta, settleCalls } from './call-drafts.js'
import { type Deltas, newDeltas } from './deltas.js'
import {
  addServer,
  type Draft,
  grow,
  reasoningDraft,
  saidPart,
  serverDraft,
  showHeld,
  textDraft,
  wholeCharacters,
} from './drafts.js'
import { type CallDelta, type Counts, countLater, type Piece, usageOf, type VendorError } from './piece.js'

/** What one stream may add up to, in characters: a model that never ends must not fill the memory. */
export const ANSWER_STREAM_LIMIT = 32 * 1024 * 1024

/** Gathers one answer's pieces: deltas go out as they come, the whole is put together once, calls behind the rest. */
export type Answer = {
  /** Makes visible events of a piece, none of them empty. What follows an end or an error is not looked at. */
  add(piece: Piece): void
  /** The next of the visible events. */
  take(): ModelEvent | undefined
  /** Throws away the events that nobody has taken. */
  drop(): void
  /** How many events wait to be taken. */
  ready(): number
  /** True when nothing more is looked at: the vendor has ended it or broken it off, or it has grown past its bound. */
  over(): boolean
  /** What the vendor broke the answer off with. */
  error(): VendorError | undefined
  /** True when everything that ends an answer has come, so that a cut takes nothing away. */
  ended(): boolean
  /** True when the vendor said that nothing follows. */
  closed(): boolean
  /** True when the answer has grown past its bound. */
  tooLong(): boolean
  /** Makes the last events, of which the very last is `finished`. */
  finish(): void
}

/** `from` is the provider's name: what it must get back is marked with it, and nobody else is sent it. */
export function newAnswer(from: string): Answer {
  const deltas = newDeltas()
  const gathered: Gathered = {
    deltas,
    drafts: [],
    calls: [],
    counts: {},
    reason: undefined,
    refused: false,
    closed: false,
    error: undefined,
    size: 0,
  }
  const tooLong = () => gathered.size > ANSWER_STREAM_LIMIT
  const over = () => gathered.closed || gathered.error !== undefined || tooLong()
  return {
    add: (piece) => {
      if (!over()) addPiece(gathered, piece)
    },
    take: deltas.take,
    drop: deltas.drop,
    ready: () => deltas.size,
    over,
    error: () => gathered.error,
    ended: () =>
      gathered.reason !== undefined || (gathered.closed && gathered.drafts.length + gathered.calls.length > 0),
    closed: () => gathered.closed,
    tooLong,
    finish: () => finish(gathered, from),
  }
}

type Gathered = {
  readonly deltas: Deltas
  readonly drafts: Draft[]
  readonly calls: CallDraft[]
  readonly counts: Counts
  reason: StopReason | undefined
  refused: boolean
  closed: boolean
  error: VendorError | undefined
  size: number
}

function addPiece(gathered: Gathered, piece: Piece): void {
  const { deltas, drafts } = gathered
  gathered.size += sizeOf(piece)
  switch (piece.type) {
    case 'text':
      if (piece.text !== '' || piece.extra !== undefined)
        grow(textDraft(drafts, piece.slot, piece.extra), piece.text, deltas)
      break
    case 'refusal':
      gathered.refused = true
      grow(textDraft(drafts, undefined), piece.text, deltas)
      break
    case 'reasoning':
      grow(reasoningDraft(drafts, piece), piece.text, deltas)
      break
    case 'call':
      addCall(gathered, piece)
      break
    case 'media':
      drafts.push({ ...piece, extra: piece.extra ?? {} })
      break
    case 'server':
      addServer(drafts, piece)
      break
    case 'usage':
      countLater(gathered.counts, piece.counts)
      break
    case 'reason':
      gathered.reason = piece.reason
      break
    case 'end':
      gathered.closed = true
      break
    case 'error':
      gathered.error = piece.error
  }
}

function sizeOf(piece: Piece): number {
  switch (piece.type) {
    case 'call':
      return (piece.args ?? piece.wholeArgs ?? '').length + jsonSize(piece.partialArgs) + jsonSize(piece.extra) + 16
    case 'text':
    case 'refusal':
      return piece.text.length + ('extra' in piece ? jsonSize(piece.extra) : 0)
    case 'reasoning':
      return piece.text.length + jsonSize(piece.extra) + jsonSize(piece.details)
    case 'media':
      return piece.data.length
    case 'server':
      return jsonSize(piece.block) + 16
    default:
      return 0
  }
}

const jsonSize = (value: object | undefined) => (value === undefined ? 0 : JSON.stringify(value).length)

function addCall({ calls, drafts, deltas }: Gathered, delta: CallDelta): void {
  const call = placeDelta(calls, delta)
  if (call !== undefined) return void showArgs(call, calls.indexOf(call), delta.args ?? '', deltas)
  const server = serverDraft(drafts, delta.index)
  if (server !== undefined) server.args += delta.args ?? ''
}

function finish({ drafts, calls, counts, refused, reason, deltas }: Gathered, from: string): void {
  const settled = settleCalls(calls)
  const usage = usageOf(counts)
  for (const draft of drafts) showHeld(draft, deltas)
  for (const [index, { announced, name, args }] of settled.entries())
    if (!announced) deltas.push({ type: 'args', index, name, text: args })
  deltas.push({
    type: 'finished',
    reason: finalReason(reason ?? 'other', refused, settled.length > 0),
    parts: [...drafts.flatMap((draft) => saidPart(draft, from)), ...callParts(settled, from)],
    ...(usage === undefined ? {} : { usage }),
  })
}

/** Vendors say `stop` beside tool calls, and `tool_calls` beside none. */
function finalReason(reason: StopReason, refused: boolean, hasCalls: boolean): StopReason {
  if (refused && reason === 'stop') return 'refusal'
  if (hasCalls) return reason === 'stop' || reason === 'other' ? 'tool_calls' : reason
  return reason === 'tool_calls' ? 'stop' : reason
}

function showArgs(call: CallDraft, index: number, text: string, deltas: Deltas): void {
  const visible = wholeCharacters(call, text)
  if (visible === '') return
  deltas.addArgs(index, call.announced ? '' : call.name, visible)
  call.announced = true
}

/** Ids are the vendor's where they are there and differ. */
function callParts(calls: readonly CallDraft[], from: string): readonly AnswerPart[] {
  const used = new Set<string>()
  return calls.map((call, at) => {
    let id = call.id
    for (let n = at; id === '' || used.has(id); n++) id = `call_${n}`
    used.add(id)
    return {
      type: 'call',
      call: callId(id),
      name: call.name,
      argsText: call.args,
      ...(call.extra === undefined ? {} : { extra: { from, ...call.extra } }),
    }
  })
}
