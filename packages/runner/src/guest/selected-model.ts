import type { Agent } from '@nacre/runtime'
import { Fault, type Provider } from '@nacre/types'
import type { Bootstrap } from './bootstrap.js'
import { type Around, modelOf } from './model.js'

/** An agent with another model than its own, which is asked alone. One that may not be selected fails when it is asked. */
export function selectedModels({ models, providers }: Bootstrap, around: Around) {
  const offered = new Map(Object.entries(models))
  const asked = new Map<string, Provider>()

  const providerOf = (name: string, provider: string, model: string): Provider | undefined => {
    const spec = providers[provider]
    const known = asked.get(name) ?? (spec && modelOf({ provider: spec, model, fallback: [] }, around))
    if (known) asked.set(name, known)
    return known
  }

  return ({ prompt, registry, policy, limits }: Agent, name: string, refuses: readonly string[] = []): Agent => {
    const provider = name.slice(0, name.indexOf('/'))
    const model = name.slice(name.indexOf('/') + 1)
    const offer = refuses.includes(name) ? undefined : offered.get(name)
    const found = offer && providerOf(name, provider, model)
    if (offer === undefined || found === undefined)
      return { prompt, registry, policy, limits, model, provider: missing(provider, name) }
    const { contextTokens, maxOutputTokens, price, inputs } = offer
    return {
      prompt,
      registry,
      policy,
      provider: found,
      model,
      limits: { ...limits, contextTokens, maxOutputTokens },
      ...(price && { price }),
      ...(inputs && { inputs }),
    }
  }
}

const missing = (provider: string, name: string): Provider => ({
  name: provider,
  // biome-ignore lint/correctness/useYield: it has nothing to say
  async *generate() {
    throw new Fault('not_found', `The model ${name}, which this session has selected, may not be selected any more.`, {
      mend: 'Select another model, or the agent again to go back to its own model.',
    })
  },
})
