import { Fault, type GenerateRequest, type ModelEvent } from '@nacre/types'
import type { AgentProcess } from './agent-process.js'
import { addPiece, finishAnswer, isTooLong, newAnswer } from './answer.js'
import type { CliOptions } from './cli.js'
import { promptText } from './cli-prompt.js'
import { type Clocks, cancelled, Line } from './clocks.js'
import { takeDeltas } from './deltas.js'
import { fitMedia } from './media.js'
import { quoteVendor } from './vendor-text.js'

const PATIENCE_MS = 300_000
const CLOCKS: Clocks = { firstByteMs: PATIENCE_MS, betweenChunksMs: PATIENCE_MS, totalMs: PATIENCE_MS }

/** Runs the program once and yields what it says as it comes. */
export async function* cliAnswer(
  options: CliOptions,
  asked: GenerateRequest,
  signal: AbortSignal,
): AsyncIterable<ModelEvent> {
  const { name, command, args = [], env = {}, cwd, spawn, world } = options
  const where = `${name} (${command})`
  const request = fitMedia(asked, { said: [], results: [] }, name)
  if (signal.aborted) throw cancelled(where)
  const line = new Line({ where, clocks: { ...CLOCKS, ...options.clocks }, world, signal })
  const program = { command, args, env, ...(cwd === undefined ? {} : { cwd }) }
  const agent = await spawn(program, promptText(request))
  try {
    const answer = newAnswer(name)
    const decoder = new TextDecoder()
    const output = agent.output[Symbol.asyncIterator]()
    for (;;) {
      const { done, value } = await line.wait(output.next())
      addPiece(answer, { type: 'text', text: decoder.decode(value, { stream: done !== true }) })
      yield* takeDeltas(answer.deltas)
      if (done) break
      line.chunkCame()
      if (isTooLong(answer)) throw tooLong(where)
      if (signal.aborted) throw cancelled(where)
    }
    await line.wait(exitOf(agent, where))
    addPiece(answer, { type: 'reason', reason: 'stop' })
    finishAnswer(answer)
    yield* takeDeltas(answer.deltas)
  } finally {
    line.close()
    await agent.end()
  }
}

const NOT_FOUND = 127
const NOT_RUNNABLE = 126

/** Waits for an end without a complaint; any other is thrown. */
async function exitOf(agent: AgentProcess, where: string): Promise<void> {
  const { code, signal } = await agent.exited.catch((cause: unknown) => {
    throw new Fault('unavailable', `${where} could not be started.`, { cause, mend: MEND_START })
  })
  if (code === 0) return
  const said = quoteVendor(agent.complaints(), undefined)
  const why = code === null ? `was ended by ${signal}` : `ended with code ${code}`
  const missing = code === NOT_FOUND || code === NOT_RUNNABLE
  throw new Fault(missing ? 'unavailable' : 'provider_error', `${where} ${why}${said === '' ? '.' : `: ${said}`}`, {
    mend: missing ? MEND_START : 'Run it by hand with a prompt on its stdin: it says there what it lacks.',
  })
}

const MEND_START = 'Check that the command is installed, and that it is found by the PATH that it is given.'

const tooLong = (where: string) =>
  new Fault('provider_error', `${where} does not stop writing.`, {
    mend: 'Ask for less at once, or choose another agent.',
  })
