import { fstatSync } from 'node:fs'
import { cutHead } from '@nacre/kit'
import { type ContentPart, Fault, PART_LIMIT_BYTES } from '@nacre/types'
import type { CommandContext } from './context.js'

/** So much of standard input is told word for word; with it an event stays within what one append takes. */
const STDIN_BYTES = 160 * 1024
const PATIENCE_MS = 2000

/** What is asked: the words, and behind them what standard input holds. */
export async function messageOf({ words, program }: CommandContext): Promise<readonly ContentPart[]> {
  const named = words.length === 1 && words[0] === '-'
  const text = named ? '' : words.join(' ').trim()
  const context = named || comesIn() ? await textOf(process.stdin, program) : ''
  const parts = [text, context].filter((part) => part.trim() !== '').flatMap(cutToParts)
  if (parts.length > 0) return parts
  throw new Fault('invalid_input', 'There is nothing to ask.', {
    mend: `Say it: ${program} ask "what is in notes.md?", or put it on standard input.`,
  })
}

/** A file or a pipe was put there; a terminal or /dev/null was not put there to be read. */
function comesIn(): boolean {
  try {
    const stats = fstatSync(0)
    return stats.isFile() || stats.isFIFO() || stats.isSocket()
  } catch {
    return false // Closed.
  }
}

/** The whole of a stream as text; a Fault where it is more than 160 KiB. */
async function textOf(stream: NodeJS.ReadStream, program: string): Promise<string> {
  const waiting = setTimeout(() => process.stderr.write(WAITING), PATIENCE_MS)
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of stream) {
      const buffer = Buffer.from(chunk)
      bytes += buffer.length
      if (bytes > STDIN_BYTES)
        throw new Fault('limit_exceeded', `Standard input has more than ${STDIN_BYTES / 1024} KiB.`, {
          mend: `Put it into a file of the workspace (${program} status says where) and name the file.`,
        })
      chunks.push(buffer)
    }
    return Buffer.concat(chunks).toString('utf8').replaceAll('\0', '')
  } finally {
    clearTimeout(waiting)
  }
}

const WAITING = 'Waiting for standard input to end; where nothing comes from it, say so: < /dev/null\n'

/** One part has at most 32 KiB; what is longer goes into several. */
function cutToParts(text: string): readonly ContentPart[] {
  const parts: ContentPart[] = []
  for (let rest = text; rest !== ''; ) {
    const head = cutHead(rest, PART_LIMIT_BYTES)
    parts.push({ type: 'text', text: head })
    rest = rest.slice(head.length)
  }
  return parts
}
