import { type AnswerPart, callId, type StopReason } from '@nacre/types'
import { type CallDraft, placeDelta, settleCalls } from './call-drafts.js'
import { type Deltas, newDeltas, pushWhole, sayArgs } from './deltas.js'
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

/** One answer while its pieces come in: deltas go out as they come, the whole is put together once. */
export type Answer = {
  /** The provider's name: what it must get back is marked with it, and nobody else is sent it. */
  readonly from: string
  /** The visible events that nobody has taken, none of them empty. */
  readonly deltas: Deltas
  readonly drafts: Draft[]
  readonly calls: CallDraft[]
  readonly counts: Counts
  reason: StopReason | undefined
  refused: boolean
  /** True when the vendor said that nothing follows. */
  closed: boolean
  /** What the vendor broke the answer off with. */
  error: VendorError | undefined
  /** In characters. */
  size: number
}

export const newAnswer = (from: string): Answer => ({
  from,
  deltas: newDeltas(),
  drafts: [],
  calls: [],
  counts: {},
  reason: undefined,
  refused: false,
  closed: false,
  error: undefined,
  size: 0,
})

export const isTooLong = (answer: Answer) => answer.size > ANSWER_STREAM_LIMIT

/** True when nothing more is looked at: the vendor has ended it or broken it off, or it has grown past its bound. */
export const isOver = (answer: Answer) => answer.closed || answer.error !== undefined || isTooLong(answer)

/** True when everything that ends an answer has come, so that a cut takes nothing away. */
export const isWhole = ({ reason, closed, drafts, calls }: Answer) =>
  reason !== undefined || (closed && drafts.length + calls.length > 0)

/** Adds a piece, and an event for what it makes visible. What follows an end or an error is not looked at. */
export function addPiece(answer: Answer, piece: Piece): void {
  if (isOver(answer)) return
  // Of a thousand pieces all but a few are text.
  if (piece.type === 'text') addText(answer, piece)
  else addRarer(answer, piece)
}

function addText(answer: Answer, { text, slot, extra }: Extract<Piece, { type: 'text' }>): void {
  answer.size += text.length + jsonSize(extra)
  if (text !== '' || extra !== undefined) grow(textDraft(answer.drafts, slot, extra), text, answer.deltas)
}

function addRarer(answer: Answer, piece: Exclude<Piece, { type: 'text' }>): void {
  const { deltas, drafts } = answer
  answer.size += sizeOf(piece)
  switch (piece.type) {
    case 'refusal':
      answer.refused = true
      return void grow(textDraft(drafts, undefined, undefined), piece.text, deltas)
    case 'reasoning':
      return void grow(reasoningDraft(drafts, piece), piece.text, deltas)
    case 'call':
      return void addCall(answer, piece)
    case 'media':
      drafts.push({ ...piece, extra: piece.extra ?? {} })
      return
    case 'server':
      return void addServer(drafts, piece)
    case 'usage':
      return void countLater(answer.counts, piece.counts)
    case 'reason':
      answer.reason = piece.reason
      return
    case 'end':
      answer.closed = true
      return
    case 'error':
      answer.error = piece.error
  }
}

function sizeOf(piece: Exclude<Piece, { type: 'text' }>): number {
  switch (piece.type) {
    case 'call':
      return (piece.args ?? piece.wholeArgs ?? '').length + jsonSize(piece.partialArgs) + jsonSize(piece.extra) + 16
    case 'refusal':
      return piece.text.length
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

function addCall({ calls, drafts, deltas }: Answer, delta: CallDelta): void {
  const call = placeDelta(calls, delta)
  if (call !== undefined) return void showArgs(call, calls.indexOf(call), delta.args ?? '', deltas)
  const server = serverDraft(drafts, delta.index)
  if (server !== undefined) server.args += delta.args ?? ''
}

/** Makes the last events: what was held back, calls of which nothing was seen, and the whole answer, calls behind the rest. */
export function finishAnswer({ drafts, calls, counts, refused, reason, deltas, from }: Answer): void {
  const settled = settleCalls(calls)
  const usage = usageOf(counts)
  for (const draft of drafts) showHeld(draft, deltas)
  for (const [index, { announced, name, args }] of settled.entries())
    if (!announced) pushWhole(deltas, { type: 'args', index, name, text: args })
  pushWhole(deltas, {
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
  sayArgs(deltas, index, call.announced ? '' : call.name, visible)
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
