import { mediaTypeOf } from './media-type.js'
import { pathsIn } from './pasted-paths.js'

/** Something that goes along with a message: a file on this machine, or bytes that came from the clipboard. */
export type Attachment = {
  readonly name: string
  readonly mediaType: string
  readonly sizeBytes: number
  readonly source:
    | { readonly type: 'file'; readonly path: string }
    | { readonly type: 'bytes'; readonly bytes: Uint8Array }
}

/** The machine's files: size and first `HEAD_BYTES` of a regular file; undefined where there is none that can be read. */
export type Files = {
  readonly home: string
  readonly fileAt: (path: string) => Promise<{ readonly sizeBytes: number; readonly head: Uint8Array } | undefined>
}

/** More is not read, and not sent. */
export const ATTACHED_LIMIT_BYTES = 20 * 1024 * 1024

/**
 * What a paste attaches, if it is nothing but paths of files that a model can be shown (images, PDF, sound), none too
 * large; undefined for every other paste: that is text.
 */
export async function attachmentsIn(pasted: string, files: Files): Promise<readonly Attachment[] | undefined> {
  for (const paths of pathsIn(pasted, files.home)) {
    const found = await Promise.all(paths.map((path) => attachmentAt(path, files)))
    if (found.every((one) => one !== undefined)) return found
  }
  return undefined
}

async function attachmentAt(path: string, { fileAt }: Files): Promise<Attachment | undefined> {
  const file = await fileAt(path)
  if (file === undefined) return undefined
  const mediaType = mediaTypeOf(file.head)
  if (mediaType === undefined || file.sizeBytes > ATTACHED_LIMIT_BYTES) return undefined
  return { name: path.split('/').at(-1) ?? path, mediaType, sizeBytes: file.sizeBytes, source: { type: 'file', path } }
}
