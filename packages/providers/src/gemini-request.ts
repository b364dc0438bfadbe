import type {
  AnswerPart,
  ContentPart,
  GenerateRequest,
  JsonObject,
  MediaPart,
  Message,
  ToolResultPart,
} from '@nacre/types'
import { budgetOf, plainEffort } from './effort.js'
import { argsObject, blockFor, contentRuns, contentText, extraFor, schemaFor, systemText } from './encode.js'

/** The body of a generateContent request; the model is in the URL. */
export function encodeGemini(request: GenerateRequest, from: string): JsonObject {
  const { model, tools, toolChoice, providerOptions } = request
  const own = providerOptions?.gemini
  const declared = [
    ...(tools.length === 0 ? [] : [{ functionDeclarations: tools.map(encodeTool) }]),
    ...(own?.tools ?? []),
  ]
  // Before generation 3 an answer that may call tools is promised no form.
  const formInWords = declared.length > 0 && !hasLevels(model) && own?.cachedContent === undefined
  const system = systemText(request, formInWords)
  const config = encodeConfig(request, formInWords)
  // A cache that was made before holds the prefix, and refuses to be told it again.
  const prefix: JsonObject =
    own?.cachedContent === undefined
      ? {
          ...(system === '' ? {} : { systemInstruction: { parts: [{ text: system }], role: 'user' } }),
          ...(declared.length === 0 ? {} : { tools: declared }),
          ...(tools.length > 0 && toolChoice ? { toolConfig: { functionCallingConfig: { mode: 'NONE' } } } : {}),
        }
      : { cachedContent: own.cachedContent }
  return {
    contents: joinTurns(request.messages.map((message) => encodeMessage(message, from, model))),
    ...prefix,
    ...(own?.safetySettings === undefined ? {} : { safetySettings: own.safetySettings }),
    ...(Object.keys(config).length === 0 ? {} : { generationConfig: config }),
  }
}

type Turn = { readonly role: 'user' | 'model'; readonly parts: readonly JsonObject[] }

function encodeConfig(request: GenerateRequest, formInWords: boolean): JsonObject {
  const { model, maxOutputTokens, reasoning, responseFormat, providerOptions } = request
  const modalities = providerOptions?.gemini?.responseModalities
  return {
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(responseFormat &&
      !formInWords && {
        responseMimeType: 'application/json',
        responseJsonSchema: schemaFor(responseFormat.schema),
      }),
    ...(reasoning && { thinkingConfig: encodeThinking(model, reasoning) }),
    ...(modalities && { responseModalities: modalities }),
  }
}

/** From generation 3 on thinking has levels, before it a budget. */
function encodeThinking(model: string, reasoning: NonNullable<GenerateRequest['reasoning']>): JsonObject {
  const budget = budgetOf(reasoning)
  if (budget === 0) return hasLevels(model) ? { thinkingLevel: 'MINIMAL' } : { thinkingBudget: 0 }
  if ('effort' in reasoning && hasLevels(model))
    return {
      includeThoughts: true,
      thinkingLevel: reasoning.effort === 'minimal' ? 'MINIMAL' : plainEffort(reasoning).toUpperCase(),
    }
  return { includeThoughts: true, thinkingBudget: budget }
}

const hasLevels = (model: string) => /gemini-([3-9]|\d\d)/.test(model)

function encodeMessage(message: Message, from: string, model: string): Turn {
  switch (message.role) {
    case 'user':
      return { role: 'user', parts: encodeContent(message.parts) }
    case 'assistant':
      return { role: 'model', parts: encodeAnswer(message.parts, from, model) }
    case 'tool':
      return { role: 'user', parts: message.results.map(encodeResult) }
  }
}

const encodeContent = (parts: readonly (ContentPart | MediaPart)[]): readonly JsonObject[] =>
  contentRuns(parts).map((run) => (typeof run === 'string' ? { text: run } : inline(run)))

const inline = ({ mediaType, data }: MediaPart): JsonObject => ({ inlineData: { mimeType: mediaType, data } })

/** What Google names for calls that another model made: generation 3 refuses a turn whose first call is not signed. */
const UNSIGNED = 'skip_thought_signature_validator'

function encodeAnswer(parts: readonly AnswerPart[], from: string, model: string): readonly JsonObject[] {
  const firstCall = parts.find((part) => part.type === 'call')
  return parts.flatMap((part) => encodePart(part, from, part === firstCall && hasLevels(model)))
}

function encodePart(part: AnswerPart, from: string, mustBeSigned: boolean): readonly JsonObject[] {
  const { thoughtSignature } = extraFor(from, part)
  const signed = thoughtSignature === undefined ? {} : { thoughtSignature }
  switch (part.type) {
    case 'text':
      return [{ text: part.text, ...signed }]
    case 'reasoning':
      return thoughtSignature === undefined ? [] : [{ text: part.text, thought: true, ...signed }]
    case 'media':
      return [{ ...inline(part), ...signed }]
    case 'server':
      return blockFor(from, part)
    case 'call': {
      const functionCall = { name: part.name, args: argsObject(part.argsText) }
      return [{ functionCall, ...(mustBeSigned ? { thoughtSignature: UNSIGNED } : {}), ...signed }]
    }
  }
}

const encodeResult = (result: ToolResultPart): JsonObject => ({
  functionResponse: {
    name: result.name,
    response: { [result.isError ? 'error' : 'output']: contentText(result.parts) },
  },
})

/** What one side says in a row is one turn, and an empty one is none. */
function joinTurns(turns: readonly Turn[]): readonly Turn[] {
  const joined: Turn[] = []
  for (const turn of turns) {
    const last = joined.at(-1)
    if (turn.parts.length === 0) continue
    if (last?.role === turn.role) joined[joined.length - 1] = { ...last, parts: [...last.parts, ...turn.parts] }
    else joined.push(turn)
  }
  return joined
}

const encodeTool = (tool: GenerateRequest['tools'][number]): JsonObject => ({
  name: tool.name,
  description: tool.description,
  parametersJsonSchema: schemaFor(tool.parameters),
})
