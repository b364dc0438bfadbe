import { nearest } from '@nacre/kit'
import { Fault, type ModelName } from '@nacre/types'
import type { ModelFacts } from '../catalog/lookup.js'
import { type Condition, conditionText, meets } from './condition.js'
import { factTags, type Tags } from './tags.js'

/** One model of one provider that could answer. `tags` is what was said of it; where they differ from its facts, they hold. */
export type Candidate = {
  readonly provider: string
  readonly model: string
  readonly tags: Tags
  readonly facts?: ModelFacts
}

/** Who is to answer: one by name, or whoever meets every required condition, those that meet more preferred ones first. */
export type Selection =
  | ({ readonly type: 'named' } & ModelName)
  | { readonly type: 'tagged'; readonly required: readonly Condition[]; readonly preferred: readonly Condition[] }

/**
 * The candidates that a selection leaves, best first, ties as they were declared. Throws a Fault `invalid_input` that
 * names the selection where none is left, for that is to be known at load and not in the middle of a turn.
 */
export function candidatesFor<T extends Candidate>(selection: Selection, candidates: readonly T[]): readonly T[] {
  if (selection.type === 'named') return [named(selection, candidates)]
  const fit = candidates.filter((one) => isFit(one, selection.required))
  if (fit.length === 0) throw nobody(selection.required, candidates)
  const score = (one: T) => selection.preferred.filter((condition) => meets(allTags(one), condition)).length
  return fit.toSorted((a, b) => score(b) - score(a))
}

function named<T extends Candidate>({ provider, model }: ModelName, candidates: readonly T[]): T {
  const found = candidates.find((one) => one.provider === provider && one.model === model)
  if (found !== undefined) return found
  const [meant] = nearest(`${provider}/${model}`, candidates.map(nameOf))
  throw new Fault('invalid_input', `The selection ${provider}/${model} names no model that is configured.`, {
    mend:
      meant === undefined
        ? `Configured are: ${candidates.map(nameOf).join(', ') || 'none'}.`
        : `Did you mean ${meant}?`,
  })
}

const allTags = ({ tags, facts }: Candidate): Tags => ({ ...(facts && factTags(facts)), ...tags })
const nameOf = ({ provider, model }: Candidate) => `${provider}/${model}`

/** Whether a candidate meets all that is required. */
export const isFit = (one: Candidate, required: readonly Condition[]): boolean =>
  firstUnmet(one, required) === undefined

const firstUnmet = (one: Candidate, required: readonly Condition[]) =>
  required.find((condition) => !meets(allTags(one), condition))

const SHOWN = 8

function nobody(required: readonly Condition[], candidates: readonly Candidate[]): Fault {
  const lacking = candidates.slice(0, SHOWN).map((one) => {
    const condition = firstUnmet(one, required)
    return `${nameOf(one)} is not ${condition === undefined ? 'configured' : conditionText(condition)}`
  })
  const wanted = required.map(conditionText).join(', ')
  const why = candidates.length === 0 ? 'No model is configured' : lacking.join('; ')
  return new Fault('invalid_input', `No model meets the selection [${wanted}]. ${why}.`, {
    mend: 'Require less, tag a provider so, or add one that fits.',
  })
}
