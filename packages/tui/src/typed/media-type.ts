/** So many bytes of a file are enough to tell. */
export const HEAD_BYTES = 16

/** What the first bytes of a file say that it is, by its magic number; undefined for what a model cannot be shown. */
export function mediaTypeOf(head: Uint8Array): string | undefined {
  const text = Array.from(head.subarray(0, HEAD_BYTES), (byte) => String.fromCharCode(byte)).join('')
  const found = MAGIC.find(({ at = 0, magic }) => text.startsWith(magic, at) && (at === 0 || text.startsWith('RIFF')))
  return found?.mediaType ?? (isMp3Frame(head) ? 'audio/mpeg' : undefined)
}

const MAGIC: readonly { readonly magic: string; readonly at?: number; readonly mediaType: string }[] = [
  { magic: '\u0089PNG\r\n\u001a\n', mediaType: 'image/png' },
  { magic: '\u00ff\u00d8\u00ff', mediaType: 'image/jpeg' },
  { magic: 'GIF87a', mediaType: 'image/gif' },
  { magic: 'GIF89a', mediaType: 'image/gif' },
  { magic: 'WEBP', at: 8, mediaType: 'image/webp' },
  { magic: 'WAVE', at: 8, mediaType: 'audio/wav' },
  { magic: '%PDF-', mediaType: 'application/pdf' },
  { magic: 'ID3', mediaType: 'audio/mpeg' },
]

/** The sync word of an MPEG audio frame, layer III, with a bit rate and a sample rate that exist. */
function isMp3Frame([first = 0, second = 0, third = 0]: Uint8Array): boolean {
  const layer3 = first === 0xff && (second & 0xe0) === 0xe0 && (second & 0x06) === 0x02 && (second & 0x18) !== 0x08
  return layer3 && third >> 4 !== 0 && third >> 4 !== 15 && (third & 0x0c) !== 0x0c
}
