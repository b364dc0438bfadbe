import { utf8Length } from '@nacre/kit'
import { defineTool, type Tool, type ToolResult } from '@nacre/tool'
import type { ExecResult, Workspace } from '@nacre/types'
import { z } from 'zod'

const SECONDS = { default: 60, most: 600 }
/** The workspace ends a command at its own deadline; the tool's comes only if that does not happen. */
const MARGIN_MS = 15_000

export function shellExecTool(workspace: Workspace): Tool {
  return defineTool({
    name: 'shell_exec',
    description:
      'Runs a command with sh in the directory that the file tools call /shared. It gets no input; background processes end with it. Use relative paths.',
    input: z.strictObject({
      command: z.string().min(1),
      timeout_seconds: z.int().min(1).max(SECONDS.most).default(SECONDS.default),
    }),
    safety: 'privileged',
    replay: 'never',
    timeoutMs: SECONDS.most * 1_000 + MARGIN_MS,
    async run({ command, timeout_seconds: seconds }, { session, epoch, signal, progress }) {
      const fence = { session, epoch }
      const result = await workspace.exec(command, { fence, signal, timeoutMs: seconds * 1_000, onOutput: progress })
      return resultOf(result, seconds)
    },
  })
}

function resultOf({ end, stdout, stderr, droppedBytes }: ExecResult, seconds: number): ToolResult {
  const lines = [endWords(end, seconds), streamWords('stdout', stdout), streamWords('stderr', stderr)]
  if (droppedBytes > 0) lines.push(`[${droppedBytes} bytes of output were not kept]`)
  return { parts: [{ type: 'text', text: lines.join('\n') }], isError: end.type !== 'exit' || end.code !== 0 }
}

function endWords(end: ExecResult['end'], seconds: number): string {
  switch (end.type) {
    case 'exit':
      return `exit code ${end.code}`
    case 'signal':
      return `ended by ${end.signal}, no exit code`
    case 'timeout':
      return `stopped after ${seconds} s, no exit code`
    case 'cancelled':
      return 'cancelled, no exit code'
  }
}

/** With its length, so that output that looks like the next heading is seen to be output. */
function streamWords(name: string, text: string): string {
  return text === '' ? `${name}: empty` : `${name} (${utf8Length(text)} bytes):\n${text}`
}
