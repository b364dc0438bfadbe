import type { HttpFetch } from '@nacre/providers'
import type { CommandContext } from '../commands/context.js'
import { detectKeys, type KeyHint } from '../config/api-key.js'
import type { Config } from '../config/config.js'
import { dockerWords, inPath } from '../doctor/programs.js'
import { findOllama, type Ollama } from './ollama.js'

/** What is there that could be used. Names of variables, never their values. */
export type Surroundings = {
  readonly keys: readonly KeyHint[]
  readonly ollama: Ollama | undefined
  readonly docker: string
  readonly bubblewrap: string | undefined
}

/** Makes one request, to this machine. */
export async function lookAround(context: CommandContext, config: Config, fetch: HttpFetch): Promise<Surroundings> {
  const { env } = context
  const [ollama, docker, bubblewrap] = await Promise.all([
    findOllama(env, fetch),
    dockerWords({ context }),
    inPath(env, ['bwrap']),
  ])
  const keys = detectKeys(env, config.providers).filter(({ name }) => name !== 'OLLAMA_HOST')
  return { keys, ollama, docker, bubblewrap }
}
