/** An event before the log numbers it. Ids are plain strings here: a fake log brands nothing. */
export type Event = { readonly type: string; readonly [field: string]: unknown }

const text = (said: string) => [{ type: 'text', text: said }]

export const created = (title = ''): Event => ({ type: 'session.created', title, agent: 'default' })
export const queued = (input: string, said: string): Event => ({
  type: 'turn.queued',
  input,
  parts: text(said),
  mode: 'queue',
  by: 'tui',
})
export const turnStarted = (turn: string): Event => ({ type: 'turn.started', turn })
export const turnFinished = (
  turn: string,
  outcome = 'completed',
  fault?: { code: string; message: string },
): Event => ({
  type: 'turn.finished',
  turn,
  outcome,
  ...(fault && { fault }),
})
export const stepStarted = (turn: string, n: number, inputs: readonly string[] = []): Event => ({
  type: 'step.started',
  turn,
  step: `${turn}.${n}`,
  inputs,
  provider: 'offline',
  model: 'offline',
})

export type CallSpec = { readonly name: string; readonly args: unknown }
export const stepFinished = (
  step: string,
  said: string,
  calls: readonly CallSpec[] = [],
  outcome = 'completed',
): Event => ({
  type: 'step.finished',
  step,
  outcome,
  parts: [
    ...(said === '' ? [] : text(said)),
    ...calls.map(({ name, args }, n) => ({
      type: 'call',
      call: `${step}.${n}`,
      name,
      argsText: typeof args === 'string' ? args : JSON.stringify(args),
    })),
  ],
})
/** A step that was cut off; an engine may or may not record what had arrived. */
export const interrupted = (step: string, outcome = 'interrupted', arrived = ''): Event => ({
  type: 'step.finished',
  step,
  outcome,
  parts: arrived === '' ? [] : text(arrived),
})
export const approvalRequested = (call: string, name: string): Event => ({
  type: 'approval.requested',
  call,
  name,
  safety: 'privileged',
})
export const approvalResolved = (call: string, verdict: 'approved' | 'denied'): Event => ({
  type: 'approval.resolved',
  command: `${call}-${verdict}`,
  call,
  verdict,
  by: 'tui',
})
export const questionAsked = (call: string, said: string, more: object = {}): Event => ({
  type: 'question.asked',
  question: call,
  call,
  parts: text(said),
  ...more,
})
export const toolStarted = (call: string, name: string): Event => ({ type: 'tool.started', call, name, epoch: 1 })
export const toolFinished = (call: string, said: string, outcome = 'ok'): Event => ({
  type: 'tool.finished',
  call,
  outcome,
  parts: said === '' ? [] : text(said),
})
export const cancelRequested = (command: string, turn?: string): Event => ({
  type: 'turn.cancel_requested',
  command,
  ...(turn !== undefined && { turn }),
  by: 'tui',
})
export const notice = (said: string): Event => ({ type: 'notice.posted', level: 'warning', text: said })

export const delta = (step: string, offset: number, said: string): Event => ({
  type: 'text.delta',
  step,
  offset,
  text: said,
})
export const progress = (call: string, said: string): Event => ({
  type: 'tool.progress',
  call,
  stream: 'stdout',
  text: said,
})
