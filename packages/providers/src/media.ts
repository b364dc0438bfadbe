import { modalityOf } from '@nacre/kit'
import { Fault, type GenerateRequest, type MediaPart, type Message, type TextPart } from '@nacre/types'
import type { MediaRule } from './wire.js'

export const dataUrl = ({ mediaType, data }: MediaPart): string => `data:${mediaType};base64,${data}`

/** How many bytes a base64 text stands for. */
const sizeOf = ({ data }: MediaPart) => Math.floor((data.replace(/=+$/, '').length * 3) / 4)

/** A part that is not sent, in words. */
export const mediaNote = (part: MediaPart): TextPart => ({
  type: 'text',
  text: `[${part.name === undefined ? '' : `${part.name}: `}${part.mediaType}, ${sizeOf(part)} bytes, not shown to this model]`,
})

/**
 * A request with only those media that its model and its wire can take. What the newest user message holds must be
 * taken, or a Fault `unsupported` says so; anything older, and what tools gave back, becomes a note, so that a
 * conversation goes on with another model. Media that cannot stand in a result follow it in a message of their own.
 */
export function fitMedia(request: GenerateRequest, rule: MediaRule, provider: string): GenerateRequest {
  const newest = request.messages.findLast((message) => message.role === 'user')
  const fits = (part: MediaPart, types: readonly string[]) => {
    const modality = modalityOf(part.mediaType)
    const known = modality !== undefined && (request.inputs?.includes(modality) ?? true)
    return known && types.some((type) => part.mediaType.startsWith(type))
  }
  const messages = request.messages.flatMap((message): readonly Message[] => {
    if (message.role === 'assistant') return [message]
    if (message.role === 'tool') return fitResults(message, rule, fits)
    return [
      {
        role: 'user',
        parts: message.parts.map((part) => {
          if (part.type !== 'media' || fits(part, rule.said)) return part
          if (message === newest) throw unsupported(part, request.model, provider)
          return mediaNote(part)
        }),
      },
    ]
  })
  return { ...request, messages }
}

type Fits = (part: MediaPart, types: readonly string[]) => boolean

function fitResults(message: Extract<Message, { role: 'tool' }>, rule: MediaRule, fits: Fits): readonly Message[] {
  const apart: (TextPart | MediaPart)[] = []
  const results = message.results.map((result) => ({
    ...result,
    parts: result.parts.map((part) => {
      if (part.type !== 'media' || fits(part, rule.results)) return part
      if (!fits(part, rule.said)) return mediaNote(part)
      apart.push({ type: 'text', text: `What ${result.name} gave back:` }, part)
      return { type: 'text', text: `[${part.mediaType}, shown below]` } as const
    }),
  }))
  return [{ role: 'tool', results }, ...(apart.length === 0 ? [] : [{ role: 'user', parts: apart } as const])]
}

const unsupported = ({ mediaType }: MediaPart, model: string, provider: string) =>
  new Fault('unsupported', `The model ${model} of provider '${provider}' cannot be shown ${mediaType}.`, {
    mend: 'Choose a model that takes it, or say in words what it holds.',
  })
