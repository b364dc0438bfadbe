import { hashOfCall } from '@nacre/runtime'
import { lastStep } from '@nacre/session'
import { type Policy, prepare, type Registry, type Tool, type ToolContext, type Verdict } from '@nacre/tool'
import { type CallPart, callId, type SafetyClass, type StepId } from '@nacre/types'
import type { Recorded } from './recorded.js'
import type { RecordedPrefix, Stage } from './stage.js'

const MINUTE_MS = 60_000

/** Tools that give what the record says they gave, and what they were judged by. */
export function scriptedTools(stage: Stage, { tools }: RecordedPrefix) {
  const { record, state } = stage
  const called = (): readonly CallPart[] => {
    const { open } = state()
    const step: StepId | undefined = open && (lastStep(open)?.step ?? undefined)
    return step === undefined ? [] : record.callsOf(step)
  }
  const named = (name: string) => called().filter((call) => call.name === name)

  const safetyOf = (name: string): SafetyClass =>
    named(name).flatMap(({ call }) => record.requestOf(call)?.safety ?? [])[0] ?? 'side-effecting'

  /** What ran side by side is pure; what a crash has hidden is reconciled, for that can come to whatever was written next. */
  const replayOf = (name: string): Tool['replay'] => {
    const together = record.startedNext()
    if (together.length > 1 && named(name).some(({ call }) => together.includes(call))) return 'pure'
    return 'reconcile'
  }

  const toolOf = (name: string): Tool => ({
    name,
    description: name,
    parameters: {},
    safety: safetyOf(name),
    replay: replayOf(name),
    timeoutMs: MINUTE_MS,
    parse: (args) => {
      const problems = refusedAs(name, args, named(name), record)
      return problems ? { ok: false, problems } : { ok: true, value: args }
    },
    run: (_, context) => resultOf(context, stage),
    reconcile: (_, context) => whatBecameOf(context, stage),
  })

  const registry: Registry = {
    specs: tools,
    get: (name) => (tools.some((spec) => spec.name === name) ? toolOf(name) : undefined),
  }
  const verdictOf = ({ call }: CallPart): Verdict => {
    if (record.requestOf(call)) return 'ask'
    const result = record.resultOf(call)
    return result?.outcome === 'denied' && !record.startOf(call) && textOf(result).includes('policy does not allow')
      ? 'deny'
      : 'allow'
  }
  return {
    registry,
    policy(): Policy {
      const verdicts = called().map((call) => [call.name, verdictOf(call)] as const)
      const strict = (wanted: Verdict) => verdicts.filter(([, verdict]) => verdict === wanted)
      const byName = Object.fromEntries([...strict('ask'), ...strict('deny')])
      return { 'read-only': 'allow', 'side-effecting': 'allow', privileged: 'allow', tools: byName }
    },
    /** What was not asked about, though other calls of the same tool were, had been approved for all sessions. */
    standing(hash: string): boolean {
      return called().some((call) => {
        if (record.requestOf(call.call)) return false
        const prepared = prepare(registry, call)
        return prepared.type === 'ready' && hashOfCall(prepared) === hash
      })
    },
  }
}

async function resultOf({ call }: ToolContext, { record, cancel, crash }: Stage) {
  const question = record.questionOf(call)
  if (question) {
    const { parts, choices, delegate } = question
    if (!delegate) return { type: 'ask-user', parts, ...(choices && { choices }) } as const
    return { type: 'ask-agent', ...delegate, parts } as const
  }
  const result = record.resultOf(call)
  if (result === undefined) return await crash()
  if (result.outcome === 'interrupted') cancel()
  return { parts: result.parts, isError: result.outcome !== 'ok' }
}

/** A call that was started by an engine that died, as the next one found it. */
async function whatBecameOf({ call }: ToolContext, { record, crash }: Stage) {
  if (record.startedAgain(call)) return 'not_started'
  const result = record.resultOf(call)
  if (result === undefined) return await crash()
  return result.outcome === 'unknown' ? 'unknown' : { parts: result.parts, isError: result.outcome !== 'ok' }
}

const textOf = ({ parts }: { readonly parts: readonly { readonly type: string }[] }): string =>
  parts.map((part) => ('text' in part ? String(part.text) : '')).join('\n')

/** What was wrong with a call's arguments, as its model was told it. */
function refusedAs(
  name: string,
  args: unknown,
  calls: readonly CallPart[],
  record: Recorded,
): readonly string[] | undefined {
  for (const { call, argsText } of calls) {
    const text = textOf(record.resultOf(callId(call)) ?? { parts: [] })
    if (!text.startsWith(`The arguments of ${name} were refused, and it did not run:\n- `)) continue
    if (JSON.stringify(args) === JSON.stringify(JSON.parse(argsText.trim() || '{}'))) return text.split('\n- ').slice(1)
  }
  return undefined
}
