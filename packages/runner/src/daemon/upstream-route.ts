import { DOORS, type Door, endpointOf, VENDORS, type Vendor } from '@nacre/providers'
import { Fault } from '@nacre/types'
import type { Route } from '../broker/broker.js'
import { findKey, keyVariables } from '../config/api-key.js'
import { type HttpProviderConfig, isHttp, type ProviderConfig } from '../config/config.js'
import type { Env } from '../config/variables.js'
import { brokerUrl } from '../guest/bootstrap.js'

/**
 * What the broker lets through to a provider: for each of these models the one address at which it is asked, with the
 * key where its vendor wants it. Throws a Fault `invalid_input` for a model whose name cannot be a part of its address.
 */
export function upstreamRoute(provider: HttpProviderConfig, models: readonly string[], env: Env): Route {
  const { name, baseUrl } = provider
  const door: Door = DOORS[vendorOf(provider).wire]
  const urlFor = (base: string, model: string) => endpointOf(name, base, door.path(model), door.version).url
  const pathFor = (model: string) => {
    const { pathname, search } = new URL(urlFor(brokerUrl(name), model))
    return pathname + search
  }
  const targets = Object.fromEntries(models.map((model) => [pathFor(model), urlFor(baseUrl, model)]))
  return { name, targets, inject: headersOf(provider, env), missing: missing(provider) }
}

/** Whether a model's name can be a part of the address at which it is asked. */
export function isAskable(provider: ProviderConfig, model: string): boolean {
  if (!isHttp(provider)) return true
  const door: Door = DOORS[vendorOf(provider).wire]
  try {
    endpointOf(provider.name, provider.baseUrl, door.path(model), door.version)
    return true
  } catch (error) {
    if (error instanceof Fault) return false
    throw error
  }
}

const vendorOf = ({ type }: HttpProviderConfig): Vendor => VENDORS[type]

function headersOf(provider: HttpProviderConfig, env: Env): Route['inject'] {
  const { baseUrl: usual, key: place } = vendorOf(provider)
  const found = findKey(provider, env)
  // A server that people run themselves mostly wants no key.
  if (found === undefined && ![provider.baseUrl, usual].some(isLoopback)) return undefined
  return {
    ...Object.fromEntries([...provider.extraHeaders].map(([header, value]) => [header, value.reveal()])),
    ...(found && { [place.header]: `${place.prefix}${found.key.reveal()}` }),
  }
}

const isLoopback = (url: string | undefined) =>
  ['localhost', '127.0.0.1', '[::1]'].includes(URL.parse(url ?? '')?.hostname ?? '')

function missing(provider: HttpProviderConfig): string {
  const [variable] = keyVariables(provider)
  const mend =
    variable === undefined
      ? `Name the variable that holds it as providers.registry.${provider.name}.api_key_env, set it`
      : `Set ${variable}`
  return `No key for ${provider.name} is set on the host. ${mend} for the daemon and restart it.`
}
