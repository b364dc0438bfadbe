import { apply, EMPTY_SESSION, type EventFault, lift, type SessionState, type Step, type Turn } from '@nacre/session'
import type { ContentPart, Millis, StoredEvent } from '@nacre/types'

/** One thing that a person reads in a session, in the order of the conversation. */
export type Told =
  | { readonly type: 'user'; readonly text: string; readonly at: Millis }
  | { readonly type: 'agent'; readonly text: string; readonly model: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | {
      readonly type: 'call'
      readonly name: string
      readonly args: string
      readonly outcome: string
      readonly text: string
    }
  | { readonly type: 'note'; readonly text: string }

/** What was said, turn by turn: only one turn is in memory. */
export async function* told(events: AsyncIterable<StoredEvent>): AsyncIterable<Told> {
  let state: SessionState = EMPTY_SESSION
  for await (const stored of events) {
    const event = lift(stored)
    state = apply(state, event)
    for (const turn of state.turns) yield* ofTurn(turn)
    if (state.turns.length > 0) state = { ...state, turns: [] }
    if (event.type === 'notice.posted' && 'text' in event) yield { type: 'note', text: event.text }
  }
  if (state.open) yield* ofTurn(state.open)
  for (const { parts, at } of state.queue) yield { type: 'user', text: wordsOf(parts), at }
}

function* ofTurn({ steps, end }: Turn): Iterable<Told> {
  for (const step of steps) yield* ofStep(step)
  if (end === undefined) yield { type: 'note', text: 'This turn was not over.' }
  else if (end.outcome !== 'completed') yield { type: 'note', text: ended(end.outcome, end.fault) }
}

const ended = (outcome: string, fault: EventFault | undefined) =>
  `The turn ended: ${outcome}.${fault ? ` ${fault.message}` : ''}`

function* ofStep({ inputs, calls, end, model, compacts }: Step): Iterable<Told> {
  for (const { parts, at } of inputs) yield { type: 'user', text: wordsOf(parts), at }
  if (compacts !== undefined || end === undefined) return
  for (const part of end.parts) {
    if (part.type === 'reasoning' && part.text !== '') yield { type: 'reasoning', text: part.text }
    if (part.type === 'text' && part.text !== '') yield { type: 'agent', text: part.text, model }
    if (part.type === 'media') yield { type: 'note', text: `The agent made a file (${part.mediaType}).` }
  }
  for (const { name, argsText, args, status } of calls)
    yield {
      type: 'call',
      name,
      args: args === undefined ? argsText : JSON.stringify(args),
      outcome: status.type === 'finished' ? status.outcome : status.type,
      text: status.type === 'finished' ? wordsOf(status.parts) : '',
    }
}

const wordsOf = (parts: readonly ContentPart[]): string =>
  parts
    .map((part) => (part.type === 'text' ? part.text : `[${part.mediaType}, ${part.sizeBytes} bytes] ${part.preview}`))
    .join('\n')
