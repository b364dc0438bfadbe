import type { ContentPart, GenerateRequest, JsonObject, MediaPart, ToolSpec } from '@nacre/types'
import { isObject, objectOf, parseJson } from './loose.js'
import { mediaNote } from './media.js'

/** What the request encoders share. */

/** What people and tools said, as one text: of a blob its preview. */
export const contentText = (parts: readonly (ContentPart | MediaPart)[]): string => parts.map(partText).join('\n')

/** Texts in a row as one, media between them as they are; never nothing at all. */
export function contentRuns(parts: readonly (ContentPart | MediaPart)[]): readonly (string | MediaPart)[] {
  const runs: (string | MediaPart)[] = []
  for (const part of parts) {
    const last = runs.at(-1)
    if (part.type === 'media') runs.push(part)
    else if (typeof last === 'string') runs[runs.length - 1] = `${last}\n${partText(part)}`
    else runs.push(partText(part))
  }
  return runs.length === 0 ? [''] : runs
}

const partText = (part: ContentPart | MediaPart): string => {
  if (part.type === 'media') return mediaNote(part).text
  return part.type === 'text' ? part.text : part.preview || `[${part.mediaType}, ${part.sizeBytes} bytes]`
}

/** A call's arguments as the object that vendors insist on; what is none is shown to the model under a key. */
export function argsObject(argsText: string): JsonObject {
  if (argsText.trim() === '') return {}
  return objectOf(parseJson(argsText)) ?? { invalid_arguments: argsText }
}

/** What a part must give back to its vendor: nothing where another provider made it. */
export const extraFor = (from: string, part: { readonly extra?: JsonObject }): JsonObject =>
  part.extra !== undefined && part.extra.from === from ? part.extra : {}

/** A block of the vendor's own tools, if it is this vendor's. */
export const blockFor = (from: string, part: { readonly extra: JsonObject }): readonly JsonObject[] => {
  const { block } = extraFor(from, part)
  return isObject(block) ? [block] : []
}

/** Blocks up to the last that is no thought: vendors refuse thoughts that nothing follows. */
export const untilThought = (blocks: readonly JsonObject[]): readonly JsonObject[] =>
  blocks.slice(0, blocks.findLastIndex(({ type }) => !THOUGHTS.includes(type)) + 1)
const THOUGHTS: readonly unknown[] = ['thinking', 'redacted_thinking', 'reasoning']

/** A tool as Chat Completions and those after it name one. */
export const functionTool = (tool: ToolSpec): JsonObject => ({
  type: 'function',
  function: { name: tool.name, description: tool.description, parameters: schemaFor(tool.parameters) },
})

/** `$schema` is refused by some vendors and needed by none. */
export function schemaFor({ $schema: _, ...schema }: JsonObject): JsonObject {
  return isObject(schema.properties) || schema.type !== 'object' ? schema : { ...schema, properties: {} }
}

/** How a model is asked for JSON in words, where its API knows no better. */
export const askForJson = (schema: JsonObject): string =>
  `Answer with one JSON value of this JSON Schema, and nothing else:\n${JSON.stringify(schema)}`

/** The system text; where the API cannot promise the form that is wished for, with the wish in words. */
export function systemText({ system, responseFormat }: GenerateRequest, formInWords: boolean): string {
  if (responseFormat === undefined || !formInWords) return system
  const asked = askForJson(responseFormat.schema)
  return system === '' ? asked : `${system}\n\n${asked}`
}

/** A request body, or a call’s arguments in it; a lone surrogate, which no vendor takes, becomes U+FFFD. */
export const bodyText = (body: JsonObject): string =>
  JSON.stringify(body, (_, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value))
