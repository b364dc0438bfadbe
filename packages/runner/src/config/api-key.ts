import { Secret } from '@nacre/providers'
import type { Config, HttpProviderConfig, ProviderConfig } from './config.js'
import type { Env } from './variables.js'

export type ApiKey = {
  readonly key: Secret /** `api_key in <file>:<line>` or `variable NAME`. */
  readonly from: string
}

/** A provider that could be used: the variable or entry that says so, never its value. */
export type KeyHint = { readonly name: string; readonly provider: string }

const VENDOR_VARIABLES = { openai: 'OPENAI_API_KEY', anthropic: 'ANTHROPIC_API_KEY' }
const ANY_VARIABLE = 'API_KEY'

/**
 * A provider's key: its api_key, the variable that api_key_env names, the vendor's variable, API_KEY, in this order.
 * For the host only; a guest gets no key. An empty variable is none. Having no key is no error before one is needed.
 */
export function findKey(provider: ProviderConfig, env: Env): ApiKey | undefined {
  if (provider.type === 'offline') return undefined
  if (provider.apiKey !== undefined) return provider.apiKey
  for (const name of keyVariables(provider)) {
    const value = env[name]
    if (value) return { key: new Secret(value), from: `variable ${name}` }
  }
  return undefined
}

/** What of the environment and the registry names a provider, for a hint. Makes no call and reveals no value. */
export function detectKeys(env: Env, providers?: Config['providers']): readonly KeyHint[] {
  const entries = [...(providers?.values() ?? [])]
  const vendors = Object.entries(VENDOR_VARIABLES).map(([provider, name]) => ({ name, provider }))
  const named = entries.flatMap((entry) =>
    entry.type !== 'offline' && entry.apiKeyEnv ? [{ name: entry.apiKeyEnv, provider: entry.name }] : [],
  )
  const variables = [...vendors, ...named, { name: 'OLLAMA_HOST', provider: 'ollama' }].filter(({ name }) => env[name])
  const ollama = entries
    .filter(
      (entry) => entry.type !== 'offline' && (entry.name === 'ollama' || URL.parse(entry.baseUrl)?.port === '11434'),
    )
    .map(({ name }) => ({ name: `providers.registry.${name}`, provider: name }))
  return [...variables, ...ollama]
}

/** The variables that a provider's key is looked for in, in this order. */
export const keyVariables = ({ type, apiKeyEnv }: HttpProviderConfig): readonly string[] => [
  ...(apiKeyEnv === undefined ? [] : [apiKeyEnv]),
  VENDOR_VARIABLES[type],
  ANY_VARIABLE,
]
