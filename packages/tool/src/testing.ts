import { callId, sessionId } from '@nacre/types'
import { z } from 'zod'
import { defineTool } from './define.js'
import type { Tool, ToolContext } from './tool.js'

/** Says back what it is told. Read-only and pure. */
export function echoTool(name = 'echo'): Tool {
  return defineTool({
    name,
    description: 'Says the text back.',
    input: z.strictObject({ text: z.string() }),
    safety: 'read-only',
    replay: 'pure',
    run: async ({ text }) => text,
  })
}

/** Keeps the `note` of every call in `calls` and answers "noted". Side-effecting and never repeated, if not told otherwise. */
export function recordingTool(
  kind: Partial<Pick<Tool, 'name' | 'safety' | 'replay'>> = {},
): Tool & { readonly calls: readonly string[] } {
  const calls: string[] = []
  const tool = defineTool({
    name: 'record',
    description: 'Keeps a note.',
    input: z.strictObject({ note: z.string() }),
    safety: 'side-effecting',
    replay: 'never',
    async run({ note }) {
      calls.push(note)
      return 'noted'
    },
  })
  return { ...tool, ...kind, calls }
}

/** Hangs until its signal aborts, then throws the signal's reason. `begun` resolves when the first call hangs. */
export function hangingTool(name = 'hang'): Tool & { readonly begun: Promise<void> } {
  const { promise: begun, resolve } = Promise.withResolvers<void>()
  const tool = defineTool({
    name,
    description: 'Waits for the end.',
    input: z.strictObject({}),
    safety: 'read-only',
    replay: 'pure',
    run: (_, { signal }) =>
      new Promise<string>((_, reject) => {
        const fail = () => reject(signal.reason)
        if (signal.aborted) return fail()
        signal.addEventListener('abort', fail, { once: true })
        resolve()
      }),
  })
  return { ...tool, begun }
}

/** A context for calling a tool by hand: session `test`, call `call`, epoch 1, a signal that never aborts. */
export function testContext(more: Partial<ToolContext> = {}): ToolContext {
  return {
    session: sessionId('test'),
    call: callId('call'),
    epoch: 1,
    signal: new AbortController().signal,
    progress: () => undefined,
    ...more,
  }
}
