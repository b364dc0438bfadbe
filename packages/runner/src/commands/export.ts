import { createWriteStream, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Fault, type SessionId, type SessionSummary } from '@nacre/types'
import { EXIT } from '../command-line/exit.js'
import type { Flags } from '../command-line/flags.js'
import { openRecords, type Records } from '../records/records.js'
import { type CommandContext, print, printJson } from './context.js'

/** Writes a session as a file, piece by piece: however long it is, only a part of it is in memory. */
export async function exportSession(context: CommandContext): Promise<number> {
  const { flags, words, program } = context
  const { format = 'jsonl', out, json } = flags
  if (json && out === undefined)
    throw new Fault('invalid_input', '--json tells of a file that was written.', {
      mend: `Say which: ${program} export ${words[0]} --out FILE --json`,
    })
  await using records = await openRecords(context)
  const record = await records.find(words[0] ?? '')
  const bytes = await write(records, record, format, out)
  if (json) printJson({ session: record.session, format, path: out, size_bytes: bytes })
  else if (out !== undefined) print(`${record.session} is in ${out} (${bytes} bytes).`)
  return EXIT.ok
}

/** Writes it into a file, named by us where it is not named; says which. */
export async function exportInto(
  context: CommandContext,
  session: SessionId,
  format: Format,
  path = `nacre-${session.slice(0, 8)}.${ENDINGS[format]}`,
): Promise<string> {
  await using records = await openRecords(context)
  const out = resolve(path)
  await write(records, await records.find(session), format, out)
  return out
}

type Format = NonNullable<Flags['format']>
const ENDINGS: Readonly<Record<Format, string>> = { jsonl: 'jsonl', markdown: 'md', html: 'html' }

/** To a new file, or to standard output; how many bytes that was. */
async function write(
  records: Records,
  record: SessionSummary,
  format: Format,
  out: string | undefined,
): Promise<number> {
  const written = createCount()
  const text = Readable.from(written.counted(await linesAs(format, records, record)))
  await pipeline(text, out === undefined ? process.stdout : newFile(out), { end: out !== undefined }).catch(
    (error: unknown) => failed(error, out),
  )
  return written.bytes()
}

/** Only the view that is asked for is loaded. */
async function linesAs(format: Format, records: Records, record: SessionSummary): Promise<AsyncIterable<string>> {
  const events = records.events(record.session, new AbortController().signal)
  if (format === 'markdown') return (await import('../session-file/markdown.js')).markdown(record, events)
  if (format === 'html') return (await import('../session-file/html.js')).html(record, events)
  const { sessionLines } = await import('../session-file/write.js')
  const onMissing = (hash: string) =>
    void process.stderr.write(`The blob ${hash} is gone; the file says so in its place.\n`)
  return sessionLines({ session: record.session, events, blob: records.blob, onMissing })
}

const newFile = (path: string): Writable => createWriteStream(path, { flags: 'wx', mode: 0o600 })

function createCount() {
  let bytes = 0
  return {
    bytes: () => bytes,
    async *counted(lines: AsyncIterable<string>): AsyncIterable<string> {
      for await (const line of lines) {
        bytes += Buffer.byteLength(line)
        yield line
      }
    },
  }
}

function failed(error: unknown, out: string | undefined): void {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (out === undefined && (code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE')) return // Whoever read us has enough.
  if (error instanceof Fault) {
    if (out !== undefined) rmSync(out, { force: true })
    throw error
  }
  if (code === 'EEXIST')
    throw new Fault('conflict', `There is a file ${out} already.`, { mend: 'Name another one, or remove it.' })
  if (out !== undefined && code !== 'ENOENT') rmSync(out, { force: true })
  throw new Fault(
    'storage_failed',
    `The session could not be written: ${error instanceof Error ? error.message : ''}`,
    {
      cause: error,
      mend: 'Name a file in a directory that you may write, on a disk with room: --out FILE',
    },
  )
}
