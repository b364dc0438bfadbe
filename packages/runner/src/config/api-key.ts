import { Secret, VENDORS, type Vendor, type VendorName } from '@nacre/providers'
import { type Config, type HttpProviderConfig, isHttp, type ProviderConfig } from './config.js'
import type { Env } from './variables.js'

export type ApiKey = {
  readonly key: Secret /** `api_key in <file>:<line>` or `variable NAME`. */
  readonly from: string
}

/** A provider that could be used: the variable or entry that says so, never its value. */
export type KeyHint = { readonly name: string; readonly provider: string }

/** The vendors' own variables, each with the first vendor that has it. */
export const VENDOR_VARIABLES: readonly KeyHint[] = Object.entries<Vendor>(VENDORS)
  .flatMap(([provider, { key }]) => (key.variable === undefined ? [] : [{ name: key.variable, provider }]))
  .filter(({ name }, at, all) => all.findIndex((one) => one.name === name) === at)
export const ANY_VARIABLE = 'API_KEY'
/** Types that stand for whatever server is named. They look into `API_KEY`, wherever they are. */
const ANY_SERVER: readonly VendorName[] = ['openai', 'anthropic', 'openai_compatible']

/**
 * A provider's key: its api_key, the variable that api_key_env names, the vendor's variable, API_KEY, in this order.
 * For the host only; a guest gets no key. An empty variable is none. Having no key is no error before one is needed.
 */
export function findKey(provider: ProviderConfig, env: Env): ApiKey | undefined {
  if (!isHttp(provider)) return undefined
  if (provider.apiKey !== undefined) return provider.apiKey
  for (const name of keyVariables(provider)) {
    const value = env[name]
    if (value) return { key: new Secret(value), from: `variable ${name}` }
  }
  return undefined
}

/** What of the environment and the registry names a provider, for a hint. Makes no call and reveals no value. */
export function detectKeys(env: Env, providers?: Config['providers']): readonly KeyHint[] {
  const entries = [...(providers?.values() ?? [])].filter(isHttp)
  const named = entries.flatMap((entry) => (entry.apiKeyEnv ? [{ name: entry.apiKeyEnv, provider: entry.name }] : []))
  const variables = [...VENDOR_VARIABLES, ...named, { name: 'OLLAMA_HOST', provider: 'ollama' }].filter(
    ({ name }) => env[name],
  )
  const ollama = entries.filter(isOwnOllama).map(({ name }) => ({ name: `providers.registry.${name}`, provider: name }))
  return [...variables, ...ollama]
}

/** The built-in entry says nothing of this machine. */
const isOwnOllama = ({ name, baseUrl }: HttpProviderConfig) =>
  name === 'ollama' ? baseUrl !== VENDORS.ollama.baseUrl : URL.parse(baseUrl)?.port === '11434'

/**
 * The variables that a provider's key is looked for in, in this order. A vendor's own is for that vendor's server
 * alone: at another address a key is only looked for where somebody named it.
 */
export function keyVariables({ type, baseUrl, apiKeyEnv }: HttpProviderConfig): readonly string[] {
  const { baseUrl: usual = baseUrl, key }: Vendor = VENDORS[type]
  const isAny = ANY_SERVER.includes(type)
  const isAtHome = isAny || URL.parse(baseUrl)?.origin === URL.parse(usual)?.origin
  return [apiKeyEnv, isAtHome ? key.variable : undefined, isAny ? ANY_VARIABLE : undefined].filter(
    (name) => name !== undefined,
  )
}
