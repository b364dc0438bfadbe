import { Fault } from '@nacre/types'

const MOST_BYTES = 65_536

/** What is piped to us, as text: at most 64 KiB. */
export async function pipedText(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk)
    length += bytes.length
    if (length > MOST_BYTES)
      throw new Fault('invalid_input', `Standard input has more than ${MOST_BYTES} bytes.`, {
        mend: 'Give it the value alone.',
      })
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}
