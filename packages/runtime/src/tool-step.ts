import { createQueue, orAborted } from '@nacre/kit'
import type { Call, NewSessionEvent, QuestionAsked, SessionState, ToolFinished, TransientEvent } from '@nacre/session'
import { type Asking, type Prepared, prepare, runTool, type ToolContext } from '@nacre/tool'
import type { SessionId } from '@nacre/types'
import type { Agent, TurnPorts } from './agent.js'
import { leftOfTurn } from './budget.js'
import { delegateAsked, delegatesOf, shareOf } from './delegate.js'
import type { TurnItem } from './draft.js'

const PROGRESS_LIMIT = 256

export type ToolRun = {
  readonly agent: Agent
  readonly ports: TurnPorts
  readonly session: SessionId
  readonly epoch: number
  readonly signal: AbortSignal
}

export const prepareCall = (agent: Agent, call: Call): Prepared =>
  prepare(agent.registry, { name: call.name, argsText: call.args ? JSON.stringify(call.args) : call.argsText })

export const toolStarted = (call: Call, epoch: number): NewSessionEvent => ({
  type: 'tool.started',
  call: call.call,
  name: call.name,
  epoch,
})

export const toolFinished = (
  call: Call,
  outcome: ToolFinished['outcome'],
  parts: ToolFinished['parts'],
): ToolFinished => ({
  type: 'tool.finished',
  call: call.call,
  outcome,
  parts,
})

/** What calls came to: results, and questions that others will answer. */
export type CallEnds = { readonly finished: readonly ToolFinished[]; readonly asked: readonly QuestionAsked[] }

/** Runs calls side by side, and yields their progress as it comes (dropped while nobody takes it). */
export async function* runCalls(
  calls: readonly Call[],
  run: ToolRun & { readonly state: SessionState },
): AsyncGenerator<TurnItem, CallEnds> {
  const abandoned = new AbortController()
  const signal = AbortSignal.any([run.signal, abandoned.signal])
  const progress = createQueue<TransientEvent>(PROGRESS_LIMIT)
  const work = Promise.all(calls.map((call) => runCall(call, { ...run, signal }, progress.push))).finally(progress.end)
  try {
    for await (const item of progress) yield item
    return endsOf(await work, run)
  } finally {
    abandoned.abort()
    await work.catch(() => undefined)
  }
}

type Asks = { readonly call: Call; readonly asking: Asking }

function endsOf(ends: readonly (ToolFinished | Asks)[], run: ToolRun & { readonly state: SessionState }): CallEnds {
  const asks = ends.filter((end) => 'asking' in end)
  const delegates = asks.filter(({ asking }) => asking.type === 'ask-agent').length
  const left = shareOf(leftOfTurn(run.state, run.agent.limits.budget), delegates)
  const before = delegatesOf(run.state)
  const questions = asks.map((ask, index) => questionOf(ask, run, left, before + index))
  return {
    finished: [
      ...ends.filter((end) => 'type' in end),
      ...questions.filter((question) => question.type === 'tool.finished'),
    ],
    asked: questions.filter((question) => question.type === 'question.asked'),
  }
}

function questionOf(
  { call, asking }: Asks,
  run: ToolRun & { readonly state: SessionState },
  left: ReturnType<typeof shareOf>,
  before: number,
): QuestionAsked | ToolFinished {
  if (asking.type === 'ask-user') {
    const { parts, choices } = asking
    return { type: 'question.asked', question: call.call, call: call.call, parts, ...(choices && { choices }) }
  }
  const asked = run.ports.delegates
    ? delegateAsked(call.call, asking, run, left, before)
    : { refused: 'There are no delegates here. Do it yourself.' }
  return 'refused' in asked ? toolFinished(call, 'error', [{ type: 'text', text: asked.refused }]) : asked
}

async function runCall(
  call: Call,
  run: ToolRun,
  push: (event: TransientEvent) => boolean,
): Promise<ToolFinished | Asks> {
  const prepared = prepareCall(run.agent, call)
  if (prepared.type === 'refused') return toolFinished(call, 'error', prepared.result.parts)
  const end = await runTool(prepared, contextOf(call, run, push), run.ports)
  return end.outcome === 'asking' ? { call, asking: end.asking } : toolFinished(call, end.outcome, end.parts)
}

/** Asks a tool's effector what became of a call that a crash has hidden. */
export async function reconcile(call: Call, run: ToolRun): Promise<ToolFinished | 'not_started'> {
  const prepared = prepareCall(run.agent, call)
  if (prepared.type === 'refused' || !prepared.tool.reconcile) return unknownOutcome(call)
  try {
    const asking = prepared.tool.reconcile(
      prepared.value,
      contextOf(call, run, () => false),
    )
    const found = await orAborted(asking, AbortSignal.any([run.signal, AbortSignal.timeout(prepared.tool.timeoutMs)]))
    if (found === 'not_started') return found
    return found === 'unknown' || found === 'aborted'
      ? unknownOutcome(call)
      : toolFinished(call, found.isError ? 'error' : 'ok', found.parts)
  } catch {
    return unknownOutcome(call)
  }
}

export const unknownOutcome = (call: Call): ToolFinished =>
  toolFinished(call, 'unknown', [
    {
      type: 'text',
      text: `The agent was stopped while ${call.name} ran. Whether it took effect, wholly or in part, is unknown, and it was not run again. Check before you repeat it, and tell the user.`,
    },
  ])

const contextOf = (call: Call, run: ToolRun, push: (event: TransientEvent) => boolean): ToolContext => ({
  session: run.session,
  call: call.call,
  epoch: run.epoch,
  signal: run.signal,
  progress: (stream, text) => {
    push({ type: 'tool.progress', call: call.call, stream, text })
  },
})
