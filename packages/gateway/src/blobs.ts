import { type Commands, PROTOCOL_LIMITS, type Replies } from '@nacre/types'
import type { Context } from './context.js'
import { type Outcome, refuse } from './refusal.js'

const MIB = 1024 * 1024

/** Takes a piece of a blob; with `done` the blob is on disk when this is answered. */
export async function putBlob(
  { upload, offset, data, done }: Commands['put_blob'],
  { log, upload: mine }: Context,
): Promise<Outcome<Replies['put_blob']>> {
  const bytes = Buffer.from(data, 'base64')
  const piece = mine.take(upload, offset, bytes)
  switch (piece.type) {
    case 'finished':
      return { result: piece.result }
    case 'out of order':
      return refuse(
        'upload_out_of_order',
        `Of this upload ${piece.size} bytes are here, and the next piece begins there.`,
        'Begin again, with another key: an upload ends with its connection, and with the next upload.',
      )
    case 'too large':
      return TOO_LARGE
    case 'no room':
      return NO_ROOM
    case 'taken': {
      if (!done) return { result: { size_bytes: piece.size } }
      const result = { size_bytes: piece.size, hash: await log.blobs.put(mine.bytes()) }
      mine.finish(result, offset, bytes)
      return { result }
    }
    default:
      return piece satisfies never
  }
}

/** A piece of any blob of this user's log, from `offset` on; nothing at its end. */
export async function getBlob(
  { hash, offset }: Commands['get_blob'],
  { log, fetched }: Context,
): Promise<Outcome<Replies['get_blob']>> {
  const bytes = await fetched.get(log, hash)
  if (bytes === 'gone') return NO_BLOB
  if (bytes === 'no room') return NO_ROOM
  const end = Math.min(offset + PROTOCOL_LIMITS.pieceBytes, bytes.length)
  const data = Buffer.from(bytes.subarray(Math.min(offset, bytes.length), end)).toString('base64')
  if (end >= bytes.length) fetched.letGo()
  return { result: { data, size_bytes: bytes.length } }
}

const TOO_LARGE: Outcome<never> = refuse(
  'input_too_large',
  `A blob that is sent has at most ${PROTOCOL_LIMITS.blobBytes / MIB} MiB.`,
  'Put it into a file in the workspace, and name the file.',
)

const NO_ROOM: Outcome<never> = refuse(
  'upload_busy',
  'All clients together are sending or fetching as many bytes as the gateway holds.',
  'Say this again when another blob has been sent or fetched.',
)

const NO_BLOB: Outcome<never> = refuse(
  'blob_not_found',
  'There is no blob with that hash.',
  'It was never sent, or went with the only session that named it.',
)
