import type { Client, ModelSummary, Step } from '@nacre/client'
import type { Face } from './face.js'
import { cleanInline } from './said/clean.js'
import { leastLeft } from './usage.js'

/** The agents and models that the daemon has to choose from. */
export type Agents = Awaited<ReturnType<Client['agents']>>

/** What a session costs and who answers in it, the most important first; what nobody knows yet is a dash. */
export function factWords(face: Face): readonly string[] {
  const { hello, usage } = face
  if (hello === undefined) return []
  const left = usage && leastLeft(usage)
  return [
    ...(hello.isolation.sealed ? [hello.isolation.tier] : ['NOT SEALED']),
    cleanInline(modelOf(face)),
    `context ${contextShare(face)}`,
    dollars(usage?.cost_micro_usd),
    ...(left ? [`${dollars(left.microUsd)} left of the ${left.whose}`] : []),
    usage ? `${tokens(usage.input_tokens + usage.output_tokens)} tokens` : '– tokens',
    ...(usage && usage.input_tokens > 0
      ? [`${Math.round((100 * usage.cache_read_tokens) / usage.input_tokens)} % cached`]
      : []),
  ]
}

/** Who answers in the session from the next turn on. */
export function modelOf({ session, agents, hello, transcript }: Face): string {
  const agent = transcript.state.agent || session?.agent
  const own = agents?.agents.find(({ name }) => name === agent)?.model
  return transcript.state.model ?? own ?? hello?.model ?? '–'
}

/** How much of what the model can be told was told and said in its last call. */
function contextShare(face: Face): string {
  const model = modelOf(face)
  const limit =
    face.agents?.models.find((one) => one.model === model)?.context_tokens ??
    face.agents?.agents.find((one) => one.model === model)?.context_tokens
  const used = contextTokens(face)
  return limit && used !== undefined ? `${Math.min(100, Math.round((100 * used) / limit))} %` : '–'
}

function contextTokens({ transcript: { state } }: Face): number | undefined {
  const turns = [...state.turns.slice(-1), ...(state.open ? [state.open] : [])]
  const counted = turns.flatMap(({ steps }) => steps).findLast(isCounted)
  return counted?.end?.usage && counted.end.usage.inputTokens + counted.end.usage.outputTokens
}

const isCounted = ({ end, compacts }: Step): boolean => end?.usage !== undefined && compacts === undefined

/** What a million tokens cost, told and said: `$3 / $15 a million tokens`. */
export function perMillion({ input_usd_per_mtok: told, output_usd_per_mtok: said }: ModelSummary): readonly string[] {
  return told === undefined || said === undefined ? [] : [`$${told} / $${said} a million tokens`]
}

/** `$0.0042`, `$1.96`, `$12.30`: cents, and more digits where there is less than one; `$–` where nobody knows. */
export function dollars(microUsd: number | undefined): string {
  if (microUsd === undefined) return '$–'
  const amount = microUsd / 1_000_000
  return `$${amount.toFixed(amount > 0 && amount < 0.01 ? 4 : 2)}`
}

/** `950`, `12.3k`, `1.2M`. */
export function tokens(count: number): string {
  if (count < 1000) return String(count)
  return count < 999_950 ? `${(count / 1000).toFixed(1)}k` : `${(count / 1_000_000).toFixed(1)}M`
}
