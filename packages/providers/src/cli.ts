import type { Provider, World } from '@nacre/types'
import type { SpawnAgent } from './agent-process.js'
import type { Clocks } from './clocks.js'

/** A program that answers what it is told on stdin. It gets no environment but `env`. */
export type CliOptions = {
  readonly name: string
  readonly command: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly spawn: SpawnAgent
  readonly world: World
  /** 5 minutes each where nothing is said. */
  readonly clocks?: Partial<Clocks>
}

/**
 * A local agent as a model: the conversation on its stdin, its stdout as the answer. It brings tools of its own and
 * gets none of the request's. When a call is over, however it ended, nothing of the program's group runs any more.
 */
export function cliProvider(options: CliOptions): Provider {
  return {
    name: options.name,
    async *generate(request, { signal }) {
      const { cliAnswer } = await import('./cli-answer.js')
      yield* cliAnswer(options, request, signal)
    },
  }
}

/** Starts real processes. */
export const agentSpawn =
  (world: Pick<World, 'sleep'>): SpawnAgent =>
  async (program, input) =>
    (await import('./spawn-agent.js')).spawnAgent(program, input, world)
