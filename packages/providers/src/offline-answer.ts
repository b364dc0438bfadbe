import { type AnswerPart, callId, Fault, type GenerateRequest, type ModelEvent } from '@nacre/types'
import { planReply, type Reply } from './offline-plan.js'
import { reportResults } from './offline-report.js'

const CHARS_PER_TOKEN = 4
const ARGS_PIECE_CHARS = 16

/** What the offline model called `name` answers. Fault `cancelled` once the signal is aborted. */
export function* offlineAnswer(name: string, request: GenerateRequest, signal: AbortSignal): Iterable<ModelEvent> {
  for (const event of eventsOf(replyTo(request), request)) {
    if (signal.aborted) throw new Fault('cancelled', `The call to ${name} was cancelled.`)
    yield event
  }
}

function replyTo(request: GenerateRequest): Reply {
  const lastUser = request.messages.findLastIndex((message) => message.role === 'user')
  const since = request.messages.slice(lastUser + 1)
  const results = since.flatMap((message) => (message.role === 'tool' ? message.results : []))
  return results.length === 0 ? planReply(request) : { text: reportResults(results), calls: [] }
}

function eventsOf(reply: Reply, request: GenerateRequest): readonly ModelEvent[] {
  const calls = reply.calls.map((call) => ({ name: call.name, argsText: JSON.stringify(call.args) }))
  const parts: readonly AnswerPart[] = [
    ...(reply.text === '' ? [] : [{ type: 'text', text: reply.text } as const]),
    ...calls.map((call, at) => ({ type: 'call', call: callId(`offline_${at}`), ...call }) as const),
  ]
  return [
    // By lines: what is there at once is no more deltas with any other model.
    ...(reply.text.match(/.+\n*|\n+/g) ?? []).map((text) => ({ type: 'text', text }) as const),
    ...calls.flatMap((call, index) => argsEvents(call.name, call.argsText, index)),
    {
      type: 'finished',
      reason: calls.length > 0 ? 'tool_calls' : 'stop',
      parts,
      usage: { inputTokens: tokensOf(request.system, request.messages, request.tools), outputTokens: tokensOf(parts) },
    },
  ]
}

function argsEvents(name: string, text: string, index: number): readonly ModelEvent[] {
  const pieces = text.match(new RegExp(`.{1,${ARGS_PIECE_CHARS}}`, 'gsu')) ?? []
  return pieces.map((piece, at) => ({ type: 'args', index, name: at === 0 ? name : '', text: piece }))
}

const tokensOf = (...values: readonly unknown[]) => Math.ceil(JSON.stringify(values).length / CHARS_PER_TOKEN)
