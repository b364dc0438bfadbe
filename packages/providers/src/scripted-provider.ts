import {
  type AnswerPart,
  callId,
  Fault,
  type GenerateRequest,
  type ModelEvent,
  type Provider,
  type Usage,
} from '@nacre/types'

/** One scripted answer: its events, events and then a fault, or a function that looks at the request first. */
export type ScriptedStep =
  | readonly ModelEvent[]
  | { readonly fault: Fault; readonly after?: readonly ModelEvent[] }
  | ((request: GenerateRequest, options: { signal: AbortSignal }) => ScriptedAnswer | Promise<ScriptedAnswer>)

export type ScriptedAnswer =
  | readonly ModelEvent[]
  | AsyncIterable<ModelEvent>
  | { readonly fault: Fault; readonly after?: readonly ModelEvent[] }

export type ScriptedProvider = Provider &
  Disposable & {
    /** What was asked so far, oldest first. */
    readonly requests: readonly GenerateRequest[]
    /** Throws an Error unless every step was used, and no more were asked for. */
    assertFinished(): void
  }

/**
 * A provider that gives the scripted answers one after the other. A call too many throws an Error, a bug and not a
 * Fault, so that no retry hides it; `assertFinished`, also by `using`, tells of calls too few or too many.
 */
export function scriptedProvider(steps: readonly ScriptedStep[], name = 'scripted'): ScriptedProvider {
  const requests: GenerateRequest[] = []
  const assertFinished = () => {
    if (requests.length !== steps.length)
      throw new Error(`${name}: ${steps.length} answers were scripted, ${requests.length} were asked for.`)
  }
  return {
    name,
    requests,
    assertFinished,
    [Symbol.dispose]: assertFinished,
    async *generate(request, { signal }) {
      requests.push(structuredClone(request))
      const step = steps[requests.length - 1]
      if (step === undefined)
        throw new Error(`${name}: call ${requests.length}, but only ${steps.length} answers were scripted.`)
      yield* play(typeof step === 'function' ? await step(request, { signal }) : step, name, signal)
    },
  }
}

async function* play(answer: ScriptedAnswer, name: string, signal: AbortSignal): AsyncIterable<ModelEvent> {
  let finished = 0
  for await (const event of 'fault' in answer ? (answer.after ?? []) : answer) {
    if (signal.aborted) throw new Fault('cancelled', `The call to ${name} was cancelled.`)
    if (event.type === 'finished') finished++
    yield event
  }
  if (signal.aborted && finished === 0) throw new Fault('cancelled', `The call to ${name} was cancelled.`)
  if ('fault' in answer) throw answer.fault
  if (finished !== 1) throw new Error(`${name}: a scripted answer has ${finished} finished events instead of one.`)
}

/** The events of an answer that says `text` and makes `calls`, in a few pieces, as a vendor would send them. */
export function scriptedAnswer(
  text: string,
  calls: readonly { name: string; args: unknown; id?: string }[] = [],
  usage: Usage = { inputTokens: 10, outputTokens: 5 },
): readonly ModelEvent[] {
  const parts: readonly AnswerPart[] = [
    ...(text === '' ? [] : [{ type: 'text', text } as const]),
    ...calls.map(({ name, args, id }, at) => {
      const argsText = typeof args === 'string' ? args : JSON.stringify(args)
      return { type: 'call', call: callId(id ?? `call_${at}`), name, argsText } as const
    }),
  ]
  const deltas = (text.match(/\S+\s*|\s+/g) ?? []).map((word) => ({ type: 'text', text: word }) as const)
  const args = parts
    .filter((part) => part.type === 'call')
    .map((part, index) => ({ type: 'args', index, name: part.name, text: part.argsText }) as const)
  return [...deltas, ...args, { type: 'finished', reason: calls.length > 0 ? 'tool_calls' : 'stop', parts, usage }]
}
