import type { Modality } from '@nacre/types'

/** What a media type is to a model. */
export function modalityOf(mediaType: string): Modality | undefined {
  if (mediaType === 'application/pdf') return 'pdf'
  const kind = mediaType.split('/')[0]
  return kind === 'image' || kind === 'audio' || kind === 'video' ? kind : undefined
}
