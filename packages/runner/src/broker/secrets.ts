import type { NamedSecret } from '@nacre/kit'
import { findKey } from '../config/api-key.js'
import type { HttpProviderConfig } from '../config/config.js'
import type { Env } from '../config/variables.js'

/** What the broker adds to a provider's requests and nobody may see, each by a name that says where it was set. */
export function secretsOf(provider: HttpProviderConfig, env: Env): readonly NamedSecret[] {
  const found = findKey(provider, env)
  return [
    ...(found ? [{ name: `${provider.name}.api_key`, value: found.key.reveal() }] : []),
    ...Array.from(provider.extraHeaders, ([header, value]) => ({
      name: `${provider.name}.extra_headers.${header}`,
      value: withoutScheme(value.reveal()),
    })),
  ]
}

/** An echo of an authorization need not repeat its first word. */
const withoutScheme = (value: string) => value.replace(/^(?:basic|bearer|token) +/i, '')
