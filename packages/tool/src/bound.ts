import { headAndTail } from '@nacre/kit'
import type { BlobPart, Blobs, ContentPart, TextPart } from '@nacre/types'

/** What one result may weigh in a log and in a model's context. */
const RESULT_LIMITS = { textBytes: 16 * 1024, previewBytes: 1024, parts: 16 } as const

/**
 * Parts that fit: at least one, at most 16, at most 16 KiB of text in all. Longer text becomes one blob whose preview
 * is its head and tail, or, if it cannot be kept, just these, and says so.
 */
export async function boundParts(parts: readonly ContentPart[], blobs: Blobs): Promise<readonly ContentPart[]> {
  const fitting = fewParts(parts).map(slimPart)
  const texts = fitting.filter((part) => part.type === 'text').map((part) => part.text)
  const others = fitting.filter((part) => part.type === 'blob')
  const whole = texts.join('\n')
  const bytes = new TextEncoder().encode(whole)
  if (bytes.length > RESULT_LIMITS.textBytes) return [await keepAside(whole, bytes, blobs), ...others]
  return fitting.length === 0 || (whole === '' && others.length === 0) ? [text('(no output)')] : fitting
}

function fewParts(parts: readonly ContentPart[]): readonly ContentPart[] {
  if (parts.length <= RESULT_LIMITS.parts) return parts
  const kept = RESULT_LIMITS.parts - 1
  return [...parts.slice(0, kept), text(`[... ${parts.length - kept} more parts left out ...]`)]
}

/** A lone surrogate is no text: every store and provider would write it in its own way. */
function slimPart(part: ContentPart): ContentPart {
  if (part.type === 'text') return text(part.text.toWellFormed())
  return { ...part, preview: headAndTail(part.preview.toWellFormed(), RESULT_LIMITS.previewBytes) }
}

async function keepAside(whole: string, bytes: Uint8Array, blobs: Blobs): Promise<BlobPart | TextPart> {
  const preview = headAndTail(whole, RESULT_LIMITS.textBytes)
  try {
    const hash = await blobs.put(bytes)
    return { type: 'blob', hash, mediaType: 'text/plain', sizeBytes: bytes.length, preview }
  } catch {
    const note = '\n[the full text could not be kept]'
    return text(headAndTail(whole, RESULT_LIMITS.textBytes - note.length) + note)
  }
}

const text = (text: string): TextPart => ({ type: 'text', text })
