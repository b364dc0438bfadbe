import { utf8Length } from '@nacre/kit'
import { type ToolContext, type ToolResult, tool } from '@nacre/tool'
import type { ExecResult, Workspace } from '@nacre/types'
import { shellExecSchema } from './shell.tools.gen.js'

/** The workspace ends a command at its own deadline; the tool's comes only if that does not happen. */
const TIMEOUT_MS = 600_000 + 15_000

type ExecInput = {
  /** @minLength 1 */
  readonly command: string
  /**
   * @integer
   * @minimum 1
   * @maximum 600
   * @default 60
   */
  readonly timeout_seconds: number
}

export class ShellTools {
  readonly #workspace: Workspace
  readonly #mostSecs: number

  /** No command runs longer than `mostSecs`, whatever the model asks for. */
  constructor(workspace: Workspace, mostSecs: number) {
    this.#workspace = workspace
    this.#mostSecs = mostSecs
  }

  /**
   * Runs a command with sh in the directory that the file tools call /shared. It gets no input; background processes
   * end with it. Use relative paths.
   */
  @tool({ schema: shellExecSchema, safety: 'privileged', replay: 'never', timeoutMs: TIMEOUT_MS })
  async shellExec({ command, timeout_seconds: asked }: ExecInput, context: ToolContext): Promise<ToolResult> {
    const seconds = Math.min(asked, this.#mostSecs)
    const { session, epoch, signal, progress } = context
    const fence = { session, epoch }
    const timeoutMs = seconds * 1_000
    const result = await this.#workspace.exec(command, { fence, signal, timeoutMs, onOutput: progress })
    return resultOf(result, seconds)
  }
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
