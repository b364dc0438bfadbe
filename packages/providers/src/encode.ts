import type { ContentPart, JsonObject } from '@nacre/types'
import { isObject, objectOf, parseJson } from './loose.js'

/** What both request encoders share. */

/** What people and tools said, as one text: of a blob its preview. */
export const contentText = (parts: readonly ContentPart[]): string => parts.map(partText).join('\n')

const partText = (part: ContentPart) =>
  part.type === 'text' ? part.text : part.preview || `[${part.mediaType}, ${part.sizeBytes} bytes]`

/** A call's arguments as the object that vendors insist on; what is none is shown to the model under a key. */
export function argsObject(argsText: string): JsonObject {
  if (argsText.trim() === '') return {}
  return objectOf(parseJson(argsText)) ?? { invalid_arguments: argsText }
}

/** What a part must give back to its vendor: nothing where another provider made it. */
export const extraFor = (from: string, part: { readonly extra?: JsonObject }): JsonObject =>
  part.extra !== undefined && part.extra.from === from ? part.extra : {}

/** `$schema` is refused by some vendors and needed by none. */
export function schemaFor({ $schema: _, ...schema }: JsonObject): JsonObject {
  return isObject(schema.properties) || schema.type !== 'object' ? schema : { ...schema, properties: {} }
}

/** A request body; a lone surrogate, which no vendor takes, becomes U+FFFD. */
export const bodyText = (body: JsonObject): string =>
  JSON.stringify(body, (_, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value))
