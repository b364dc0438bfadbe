import type { Change } from '../config/change.js'
import { planChange } from '../config/change.js'
import type { Surroundings as Around } from '../config/load-config.js'
import { annotated } from './annotated.js'
import { isUsualOllama } from './ollama.js'

/** Who is to answer. `baseUrl` where it is elsewhere than the registry has it. */
export type Choice = { readonly provider: string; readonly model: string; readonly baseUrl?: string }

/** What is to be written for a choice, judged and not yet written. A new agent.toml explains every key; an old one keeps its text. */
export const planChoice = (around: Around & { readonly user: string }, choice: Choice) =>
  planChange(around, changesOf(choice), {
    agent: annotated(
      'agent',
      new Map<string, unknown>([
        ['selection.provider', choice.provider],
        ['selection.model', choice.model],
      ]),
    ),
  })

function changesOf({ provider, model, baseUrl }: Choice): readonly Change[] {
  const elsewhere = baseUrl !== undefined && !(provider === 'ollama' && isUsualOllama(baseUrl))
  const entry = ['providers', 'registry', provider]
  return [
    { kind: 'agent', path: ['selection', 'provider'], value: provider },
    { kind: 'agent', path: ['selection', 'model'], value: model },
    ...(elsewhere ? [{ kind: 'providers' as const, path: [...entry, 'base_url'], value: baseUrl }] : []),
  ]
}
