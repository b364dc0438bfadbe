import { cutHead, orAborted } from '@nacre/kit'
import { type Blobs, type ContentPart, Fault, type World } from '@nacre/types'
import { boundParts } from './bound.js'
import type { Prepared } from './prepare.js'
import type { Asking, ToolContext, ToolResult } from './tool.js'

/** How long a call that was cancelled, or is over its deadline, may take to end its work. */
const GRACE_MS = 2_000
const MESSAGE_BYTES = 2_048

/** How a call ended, in the words and parts that its model gets, or whom it asks instead. */
export type Outcome = Ended | { readonly outcome: 'asking'; readonly asking: Asking }
type Ended = { readonly outcome: 'ok' | 'error' | 'interrupted'; readonly parts: readonly ContentPart[] }
type Ready = Extract<Prepared, { type: 'ready' }>

/**
 * The last phase: runs a call that was prepared and judged. Never throws, and ends at the latest two seconds after the
 * signal or the tool's deadline, whatever the tool does. A tool that finished in spite of a cancel counts as finished.
 */
export async function runTool(
  ready: Ready,
  context: ToolContext,
  ports: { blobs: Blobs; world: World },
): Promise<Outcome> {
  const ending = context.signal.aborted ? BEFORE_IT_BEGAN : await follow(ready, context, ports.world)
  if (ending.work.type === 'asks') {
    if (ending.cause === 'itself') return { outcome: 'asking', asking: ending.work.asking }
    return { outcome: 'interrupted', parts: [text('Cancelled before it asked.')] }
  }
  const { outcome, parts } = outcomeOf({ ...ending, work: ending.work }, ready.tool.timeoutMs)
  return { outcome, parts: await boundParts(parts, ports.blobs) }
}

type Settled =
  | { readonly type: 'returned'; readonly result: ToolResult }
  | { readonly type: 'threw'; readonly error: unknown }
  | { readonly type: 'left' }
  | { readonly type: 'not begun' }
type Asks = { readonly type: 'asks'; readonly asking: Asking }
type Ending<Work = Settled | Asks> = { readonly cause: 'itself' | 'cancelled' | 'deadline'; readonly work: Work }

const BEFORE_IT_BEGAN: Ending = { cause: 'cancelled', work: { type: 'not begun' } }

async function follow(ready: Ready, context: ToolContext, world: World): Promise<Ending> {
  const stop = new AbortController()
  const clock = new AbortController()
  const timeoutMs = ready.tool.timeoutMs
  let over = false
  const progress: ToolContext['progress'] = (stream, text) => {
    if (!over) context.progress(stream, text)
  }
  try {
    const work = settle(ready, { ...context, signal: stop.signal, progress })
    const deadline = world.sleep(timeoutMs, clock.signal).then(() => 'deadline' as const)
    const first = await orAborted(Promise.race([work, deadline]), context.signal)
    if (first !== 'aborted' && first !== 'deadline') return { cause: 'itself', work: first }

    stop.abort(
      first === 'aborted'
        ? new Fault('cancelled', 'The call was cancelled')
        : new Fault('timeout', 'The call took too long'),
    )
    const grace = world.sleep(GRACE_MS, clock.signal).then(() => ({ type: 'left' }) as const)
    return { cause: first === 'aborted' ? 'cancelled' : 'deadline', work: await Promise.race([work, grace]) }
  } finally {
    over = true
    clock.abort()
  }
}

async function settle(ready: Ready, context: ToolContext): Promise<Settled | Asks> {
  try {
    const result = await ready.tool.run(ready.value, context)
    if (typeof result === 'string') return { type: 'returned', result: { parts: [text(result)], isError: false } }
    return 'type' in result ? { type: 'asks', asking: result } : { type: 'returned', result }
  } catch (error) {
    return { type: 'threw', error }
  }
}

function outcomeOf({ cause, work }: Ending<Settled>, timeoutMs: number): Ended {
  if (work.type === 'returned' && !work.result.isError) return { outcome: 'ok', parts: work.result.parts }
  const parts = work.type === 'returned' ? work.result.parts : []
  const gone = work.type === 'left' ? ' It did not end in time; whether it had an effect is unknown.' : ''
  switch (cause) {
    case 'itself':
      return { outcome: 'error', parts: work.type === 'threw' ? [text(wordsOf(work.error))] : parts }
    case 'cancelled':
      return {
        outcome: 'interrupted',
        parts: [text(work.type === 'not begun' ? 'Cancelled before it began.' : `Cancelled.${gone}`), ...parts],
      }
    case 'deadline':
      return { outcome: 'error', parts: [text(`Stopped after ${timeoutMs / 1000} s.${gone}`), ...parts] }
  }
}

/** A Fault was written for a reader; of a foreign error only the message is, and never the stack. */
function wordsOf(error: unknown): string {
  if (error instanceof Fault) return error.mend === undefined ? error.message : `${error.message}\n${error.mend}`
  return error instanceof Error ? `The tool failed: ${cutHead(error.message, MESSAGE_BYTES)}` : 'The tool failed.'
}

const text = (text: string): ContentPart => ({ type: 'text', text })
