import { OVER, orAborted } from '@nacre/kit'
import { type EventFault, type StepFinished, ZERO } from '@nacre/session'
import {
  ANSWER_LIMIT_BYTES,
  type AnswerPart,
  callId,
  Fault,
  type GenerateRequest,
  type Millis,
  type ModelEvent,
  type ModelName,
  type Price,
  type StepId,
} from '@nacre/types'
import type { Agent } from './agent.js'
import type { TurnItem } from './draft.js'
import { costOf } from './price.js'

/** Calls the model once, yields its deltas, and returns how the step ended. */
export async function* modelStep(
  step: StepId,
  request: GenerateRequest,
  agent: Agent,
  { now, signal }: { now: () => Millis; signal: AbortSignal },
): AsyncGenerator<TurnItem, StepFinished> {
  const call = new AbortController()
  const both = AbortSignal.any([signal, call.signal])
  const said = createSaid(step, agent)
  const events = agent.provider.generate(request, { signal: both })[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await orAborted(events.next(), signal)
      if (next === 'aborted') return said.ended('cancelled')
      if (next.done)
        return said.cut(
          new Fault('stream_cut', 'The model ended its answer without saying so.', { retry: 'now' }),
          now(),
        )
      if (next.value.type === 'finished') return said.finished(next.value)
      yield said.delta(next.value)
      if (said.size() > ANSWER_LIMIT_BYTES) return said.tooLong()
    }
  } catch (error) {
    return signal.aborted ? said.ended('cancelled') : said.cut(error, now())
  } finally {
    call.abort(OVER)
    // Not awaited after an abort: a provider that hangs must not hold up the cancel.
    events.return?.().then(undefined, () => undefined)
  }
}

/** Keeps what the model said so far, to number the deltas and to know what remains of a step that is cut off. */
function createSaid(step: StepId, agent: Agent) {
  let text = ''
  let reasoning = ''
  const args: string[] = []

  // Without a word there is nothing to pay for; with one, but without its count, the reservation stands.
  const nothing = () => text === '' && reasoning === '' && args.length === 0
  const partial = (): AnswerPart[] => (text ? [{ type: 'text', text }] : [])
  const end = (
    outcome: StepFinished['outcome'],
    parts: readonly AnswerPart[],
    more: Partial<StepFinished> = {},
  ): StepFinished => ({
    type: 'step.finished',
    step,
    outcome,
    parts,
    ...more,
  })

  return {
    size: () => text.length + reasoning.length + args.reduce((sum, piece) => sum + (piece?.length ?? 0), 0),
    delta(event: Exclude<ModelEvent, { type: 'finished' }>): TurnItem {
      if (event.type === 'args') {
        const known = args[event.index] ?? ''
        args[event.index] = known + event.text
        return {
          type: 'args.delta',
          step,
          index: event.index,
          name: event.name,
          offset: known.length,
          text: event.text,
        }
      }
      const offset = event.type === 'text' ? text.length : reasoning.length
      if (event.type === 'text') text += event.text
      else reasoning += event.text
      return { type: `${event.type}.delta`, step, offset, text: event.text }
    },
    ended: (outcome: 'cancelled') => end(outcome, partial()),
    tooLong: () =>
      args.length > 0
        ? end('failed', [], { fault: CALLS_TOO_LARGE })
        : end('completed', bounded(partial()), { stop: 'length' }),
    finished: ({ parts, reason, usage, by }: Extract<ModelEvent, { type: 'finished' }>) => {
      const whole = withOurIds(step, parts)
      const kept = bounded(whole)
      const paid = { ...(by && { by }), ...(usage && { usage, spent: costOf(usage, priceOf(agent, by)) }) }
      const calls = parts.filter((part) => part.type === 'call').length
      if (calls > CALLS || (kept !== whole && calls > 0)) return end('failed', [], { fault: CALLS_TOO_LARGE, ...paid })
      return end('completed', kept, { stop: kept === whole ? reason : 'length', ...paid })
    },
    cut: (error: unknown, now: Millis) => {
      const until = nothing() ? roomAt(error, now) : undefined
      const again = error instanceof Fault && error.retry !== 'never' && ['stream_cut', 'timeout'].includes(error.code)
      return end(again || until !== undefined ? 'interrupted' : 'failed', [], {
        fault: { ...eventFault(error), ...(until !== undefined && { until }) },
        ...(nothing() && { spent: ZERO }),
      })
    },
  }
}

const LONGEST_WAIT_MS = 3_600_000

/** When a model that has no room now says that it will have some; after an hour it is asked in any case. */
function roomAt(error: unknown, now: Millis): Millis | undefined {
  if (!(error instanceof Fault) || typeof error.retry !== 'object') return undefined
  if (!['rate_limited', 'busy', 'unavailable'].includes(error.code)) return undefined
  return now + Math.min(error.retry.afterMs, LONGEST_WAIT_MS)
}

/** A route without a price of its own is counted as the dearest. */
const priceOf = ({ price, prices }: Agent, by: ModelName | undefined): Price | undefined =>
  (by && prices?.get(`${by.provider}/${by.model}`)) ?? price

const NAME_CHARS = 128
const CALLS = 128

/** Half a call must not run, and an answer without it would look finished. */
const CALLS_TOO_LARGE: EventFault = {
  code: 'limit_exceeded',
  message: `The model's tool calls are more than ${CALLS}, or larger than ${ANSWER_LIMIT_BYTES} bytes together; none was run.`,
  mend: 'Ask for it in smaller pieces, for example a large file in several parts.',
}

/** The log names calls by their place, so that a repeated step gives them other names than the one that was cut off. */
function withOurIds(step: StepId, parts: readonly AnswerPart[]): readonly AnswerPart[] {
  let n = 0
  return parts.map((part) =>
    part.type === 'call' ? { ...part, name: part.name.slice(0, NAME_CHARS), call: callId(`${step}.${n++}`) } : part,
  )
}

/** Cuts an answer that would not fit into one append down to a text that says so. */
function bounded(parts: readonly AnswerPart[]): readonly AnswerPart[] {
  if (byteLength(JSON.stringify(parts)) <= ANSWER_LIMIT_BYTES) return parts
  let text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
  while (byteLength(JSON.stringify(text)) > ANSWER_LIMIT_BYTES - 256)
    text = text.slice(0, Math.floor(text.length * 0.9)).toWellFormed()
  return [{ type: 'text', text: `${text}\n[The answer was longer than ${ANSWER_LIMIT_BYTES} bytes and was cut here.]` }]
}

const byteLength = (text: string): number => new TextEncoder().encode(text).length

export function eventFault(error: unknown): EventFault {
  if (error instanceof Fault)
    return { code: error.code, message: error.message, ...(error.mend && { mend: error.mend }) }
  return {
    code: 'internal',
    message: error instanceof Error ? error.message : 'Something was thrown that is not an error.',
  }
}
