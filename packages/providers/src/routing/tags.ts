import { Fault } from '@nacre/types'
import type { ModelFacts } from '../catalog/lookup.js'

/** What a provider is said to be: `{ jurisdiction: 'eu', security: 'high', fast: true }`. */
export type Tags = { readonly [key: string]: TagValue }
export type TagValue = string | number | boolean

/** Tags as a list of texts: `eu` says that it is so, `security:high` names a value; a number is one. */
export const tagsOf = (texts: readonly string[]): Tags => Object.fromEntries(texts.map(tagOf))

function tagOf(text: string): readonly [string, TagValue] {
  const [, key, value] = TAG.exec(text) ?? []
  if (key === undefined)
    throw new Fault('invalid_input', `'${text}' is no tag.`, {
      mend: 'Write eu, or security:high; keys are of a-z 0-9 _ -',
    })
  return [key, value === undefined ? true : tagValue(value)]
}
const TAG = /^([a-z][a-z0-9_-]{0,63})(?::([^\s:,=<>!][^,=<>!]{0,63}))?$/

export const tagValue = (text: string): TagValue => {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}

/** What a catalog says of a model, as tags: abilities that it has, its limits in tokens, its prices in dollars per million. */
export const factTags = (facts: ModelFacts): Tags => ({
  ...(facts.toolCalls && { tools: true }),
  ...(facts.reasoning && { reasoning: true }),
  ...(facts.structuredOutput && { structured_output: true }),
  ...Object.fromEntries(facts.takes.map((kind) => [kind === 'image' ? 'vision' : kind, true])),
  ...(facts.contextTokens !== undefined && { context: facts.contextTokens }),
  ...(facts.outputTokens !== undefined && { output: facts.outputTokens }),
  ...(facts.price && { input_usd: facts.price.input, output_usd: facts.price.output }),
})
