import { type AnswerPart, callId, type ModelEvent, type StopReason } from '@nacre/types'
import { type CallDraft, placeDelta, settleCalls } from './call-drafts.js'
import {
  addServer,
  type Draft,
  grow,
  heldEvents,
  reasoningDraft,
  saidPart,
  serverDraft,
  textDraft,
  wholeCharacters,
} from './drafts.js'
import { type CallDelta, type Counts, laterCounts, type Piece, usageOf, type VendorError } from './piece.js'

/** What one stream may add up to, in characters: a model that never ends must not fill the memory. */
export const ANSWER_STREAM_LIMIT = 32 * 1024 * 1024

/** Gathers one answer's pieces: deltas go out as they come, the whole is put together once, calls behind the rest. */
export type Answer = {
  /** The events that pieces make visible, none of them empty. What follows an end or an error is not looked at. */
  add(pieces: readonly Piece[]): readonly ModelEvent[]
  /** What the vendor broke the answer off with. */
  error(): VendorError | undefined
  /** True when everything that ends an answer has come, so that a cut takes nothing away. */
  ended(): boolean
  /** True when the vendor said that nothing follows. */
  closed(): boolean
  /** True when the answer has grown past its bound. */
  tooLong(): boolean
  finish(): readonly ModelEvent[]
}

/** `from` is the provider's name: what it must get back is marked with it, and nobody else is sent it. */
export function newAnswer(from: string): Answer {
  const gathered: Gathered = {
    drafts: [],
    calls: [],
    counts: {},
    reason: undefined,
    refused: false,
    closed: false,
    error: undefined,
    size: 0,
  }
  return {
    add: (pieces) => addPieces(gathered, pieces),
    error: () => gathered.error,
    ended: () =>
      gathered.reason !== undefined || (gathered.closed && gathered.drafts.length + gathered.calls.length > 0),
    closed: () => gathered.closed,
    tooLong: () => gathered.size > ANSWER_STREAM_LIMIT,
    finish: () => finish(gathered, from),
  }
}

type Gathered = {
  readonly drafts: Draft[]
  readonly calls: CallDraft[]
  counts: Counts
  reason: StopReason | undefined
  refused: boolean
  closed: boolean
  error: VendorError | undefined
  size: number
}

function addPieces(gathered: Gathered, pieces: readonly Piece[]): readonly ModelEvent[] {
  const events: ModelEvent[] = []
  for (const piece of pieces) {
    events.push(...addPiece(gathered, piece))
    if (gathered.closed || gathered.error !== undefined) break
  }
  return events
}

function addPiece(gathered: Gathered, piece: Piece): readonly ModelEvent[] {
  gathered.size += sizeOf(piece)
  switch (piece.type) {
    case 'refusal':
      gathered.refused = true
      return grow(textDraft(gathered.drafts, undefined), piece.text)
    case 'text':
      if (piece.text === '' && piece.extra === undefined) return []
      return grow(textDraft(gathered.drafts, piece.slot, piece.extra), piece.text)
    case 'reasoning':
      return grow(reasoningDraft(gathered.drafts, piece), piece.text)
    case 'call':
      return addCall(gathered, piece)
    case 'media':
      gathered.drafts.push({ ...piece, extra: piece.extra ?? {} })
      return []
    case 'server':
      addServer(gathered.drafts, piece)
      return []
    case 'usage':
      gathered.counts = laterCounts(gathered.counts, piece.counts)
      return []
    case 'reason':
      gathered.reason = piece.reason
      return []
    case 'end':
      gathered.closed = true
      return []
    case 'error':
      gathered.error = piece.error
      return []
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

function addCall({ calls, drafts }: Gathered, delta: CallDelta): readonly ModelEvent[] {
  const call = placeDelta(calls, delta)
  if (call !== undefined) return argsEvent(call, calls.indexOf(call), delta.args ?? '')
  const server = serverDraft(drafts, delta.index)
  if (server !== undefined) server.args += delta.args ?? ''
  return []
}

function finish({ drafts, calls, counts, refused, reason }: Gathered, from: string): readonly ModelEvent[] {
  const settled = settleCalls(calls)
  const usage = usageOf(counts)
  return [
    ...drafts.flatMap(heldEvents),
    ...settled.flatMap((call, index) => (call.announced ? [] : [argsOf(index, call.name, call.args)])),
    {
      type: 'finished',
      reason: finalReason(reason ?? 'other', refused, settled.length > 0),
      parts: [...drafts.flatMap((draft) => saidPart(draft, from)), ...callParts(settled, from)],
      ...(usage === undefined ? {} : { usage }),
    },
  ]
}

/** Vendors say `stop` beside tool calls, and `tool_calls` beside none. */
function finalReason(reason: StopReason, refused: boolean, hasCalls: boolean): StopReason {
  if (refused && reason === 'stop') return 'refusal'
  if (hasCalls) return reason === 'stop' || reason === 'other' ? 'tool_calls' : reason
  return reason === 'tool_calls' ? 'stop' : reason
}

function argsEvent(call: CallDraft, index: number, text: string): readonly ModelEvent[] {
  const visible = wholeCharacters(call, text)
  if (visible === '') return []
  const event = argsOf(index, call.announced ? '' : call.name, visible)
  call.announced = true
  return [event]
}

const argsOf = (index: number, name: string, text: string): ModelEvent => ({ type: 'args', index, name, text })

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
