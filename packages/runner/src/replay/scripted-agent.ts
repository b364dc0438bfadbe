import { createHash } from 'node:crypto'
import { type Agent, DEFAULT_LIMITS, type TurnPorts } from '@nacre/runtime'
import { lastStep, type StepFinished } from '@nacre/session'
import { type Blobs, blobHash, Fault, type ModelEvent, type Provider, type World } from '@nacre/types'
import { scriptedTools } from './scripted-tools.js'
import type { RecordedPrefix, Stage } from './stage.js'

/** An agent that does what the record says its model and its tools did. Nothing is called, nothing runs. */
export function scriptedAgent(stage: Stage, prefix: RecordedPrefix): Agent {
  const { record } = stage
  const tools = scriptedTools(stage, prefix)
  return {
    prompt: prefix.system,
    provider: scriptedProvider(stage),
    get model() {
      return record.stepNext()?.model ?? ''
    },
    registry: tools.registry,
    get policy() {
      return tools.policy()
    },
    // Which limits held is not in the log: what they ended is taken as it is recorded.
    limits: { ...DEFAULT_LIMITS, maxSteps: Number.MAX_SAFE_INTEGER, contextTokens: 2 ** 40 },
  }
}

const scriptedProvider = (stage: Stage): Provider => ({
  get name() {
    return stage.record.stepNext()?.provider ?? ''
  },
  async *generate() {
    const { open } = stage.state()
    const step = open && lastStep(open)
    const end = step && stage.record.endOf(step.step)
    // Closed without a word of what went wrong: whoever asked did not live to hear it.
    if (end === undefined || (end.outcome === 'interrupted' && end.fault === undefined)) return await stage.crash()
    yield* said(end, stage)
  },
})

async function* said(end: StepFinished & { at: number }, { cancel, record }: Stage): AsyncIterable<ModelEvent> {
  const { outcome, parts, stop = 'stop', usage, by, fault } = end
  if (outcome === 'completed') {
    yield { type: 'finished', reason: stop, parts, ...(usage && { usage }), ...(by && { by }) }
    return
  }
  if (outcome === 'cancelled') {
    for (const part of parts) if (part.type === 'text') yield { type: 'text', text: part.text }
    cancel()
    await new Promise(() => undefined)
  }
  const { code = 'internal', message = '', mend, until } = fault ?? {}
  const again = until === undefined ? 'now' : { afterMs: until - (record.next()?.at ?? 0) }
  throw new Fault(code, message, {
    retry: outcome === 'interrupted' ? again : 'never',
    ...(mend !== undefined && { mend }),
  })
}

/** The world of a replay: its time is that of the record, and nothing goes out of it. */
export function scriptedPorts(stage: Stage, prefix: RecordedPrefix): TurnPorts {
  const { record, blob } = stage
  const world: World = {
    now: () => record.next()?.at ?? record.previousAt(),
    sleep: (_, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) resolve()
        signal?.addEventListener('abort', () => resolve(), { once: true })
      }),
    id: () => 'replay',
    random: () => 0.5,
  }
  const blobs: Blobs = {
    // Named, and not kept: a replay writes nothing.
    put: async (bytes) => blobHash(createHash('sha256').update(bytes).digest('hex')),
    get: blob,
    drop: async () => undefined,
  }
  const { standing } = scriptedTools(stage, prefix)
  return {
    world,
    blobs,
    approvals: { has: standing, add: async () => undefined },
    delegates: { start: async () => undefined, cancel: async () => undefined },
  }
}
