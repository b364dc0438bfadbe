import { type GateLimits, parseCondition, type Quota, tagsOf } from '@nacre/providers/routing'
import type { RoutedConfig, SelectionConfig } from './config.js'
import type { AgentToml } from './schema.js'

type Routing = { readonly [key in 'fallback' | 'required' | 'preferred']?: readonly string[] | undefined }

/** A selection of what a file says. Only conditions that nobody accompanied by a name choose alone. */
export function selectionOf(
  model: { provider: string; model: string },
  isNamed: boolean,
  routing: Routing,
): SelectionConfig {
  const { fallback = [], required = [], preferred = [] } = routing
  return {
    provider: model.provider,
    model: model.model,
    named: isNamed || required.length + preferred.length === 0,
    fallback: fallback.map(modelOf),
    required: required.map(parseCondition),
    preferred: preferred.map(parseCondition),
  }
}

const modelOf = (text: string) => {
  const at = text.indexOf('/')
  return { provider: text.slice(0, at), model: text.slice(at + 1) }
}

type Entry = AgentToml['providers']['registry'][string]
const WINDOW_SECS = 60

export const routedOf = (entry: Entry): RoutedConfig => ({
  models: entry.models ?? [],
  tags: tagsOf(entry.tags ?? []),
  limits: limitsOf(entry),
})

function limitsOf(entry: Entry): GateLimits {
  const { max_concurrent: concurrent, message_limit: messages, token_limit: tokens } = entry
  const { window_secs: windowSecs = WINDOW_SECS, window = 'sliding' } = entry
  const quotaOf = (counts: Quota['counts'], limit: number | undefined): readonly Quota[] =>
    limit === undefined ? [] : [{ counts, limit, windowMs: windowSecs * 1000, window }]
  const quotas = [...quotaOf('messages', messages), ...quotaOf('tokens', tokens)]
  return { ...(concurrent !== undefined && { concurrent }), ...(quotas.length > 0 && { quotas }) }
}
