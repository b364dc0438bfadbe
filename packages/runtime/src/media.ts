import { modalityOf } from '@nacre/kit'
import type { BlobPart, Blobs, ContentPart, MediaPart, Message, Modality } from '@nacre/types'
import { BYTES_PER_TOKEN } from './context.js'

/**
 * Vendors count media each in their own way, and none by the length of its base64. These are about the most that one of
 * them counts: a picture is scaled down to so many tokens, anything else grows with its length.
 */
const PICTURE_TOKENS = 1_600
const BYTES_PER_MEDIA_TOKEN = 100
/** Together: what every vendor's request takes. */
const MEDIA_BYTES = 16 * 1024 * 1024

type Shown = readonly (ContentPart | MediaPart)[]

/**
 * The messages with the media of the newest blobs in their place, as far as they have room beside `bytes` of text; older
 * ones are told by their previews. `inputs` is what the model can be shown, all that there is if it is not known.
 */
export async function withMedia(
  messages: readonly Message[],
  roomBytes: number,
  { inputs }: { readonly inputs?: readonly Modality[] },
  blobs: Blobs,
): Promise<readonly Message[]> {
  const takes = (part: ContentPart | MediaPart): part is BlobPart => {
    const modality = part.type === 'blob' ? modalityOf(part.mediaType) : undefined
    return modality !== undefined && (inputs?.includes(modality) ?? true)
  }
  const all = messages.flatMap(shownIn).filter(takes)
  const shown = new Map<BlobPart, MediaPart>()
  let room = Math.floor(roomBytes / BYTES_PER_TOKEN)
  let left = MEDIA_BYTES
  for (const part of all.toReversed()) {
    room -= tokensOf(part.mediaType, part.sizeBytes)
    left -= part.sizeBytes
    if (room < 0 || left < 0) break
    const bytes = await blobs.get(part.hash)
    if (bytes)
      shown.set(part, { type: 'media', mediaType: part.mediaType, data: Buffer.from(bytes).toString('base64') })
  }
  if (shown.size === 0) return messages
  return messages.map((message) =>
    mapShown(message, (parts) => parts.map((part) => (part.type === 'blob' ? (shown.get(part) ?? part) : part))),
  )
}

/** What the media in messages count. */
export const mediaTokens = (messages: readonly Message[]): number =>
  messages
    .flatMap(shownIn)
    .reduce((sum, part) => sum + (part.type === 'media' ? tokensOf(part.mediaType, (part.data.length * 3) / 4) : 0), 0)

const tokensOf = (mediaType: string, bytes: number): number =>
  modalityOf(mediaType) === 'image' ? PICTURE_TOKENS : Math.ceil(bytes / BYTES_PER_MEDIA_TOKEN)

function shownIn(message: Message): Shown {
  if (message.role === 'assistant') return []
  return message.role === 'user' ? message.parts : message.results.flatMap(({ parts }) => parts)
}

function mapShown(message: Message, change: (parts: Shown) => Shown): Message {
  if (message.role === 'assistant') return message
  if (message.role === 'user') return { role: 'user', parts: change(message.parts) }
  return { role: 'tool', results: message.results.map((result) => ({ ...result, parts: change(result.parts) })) }
}
