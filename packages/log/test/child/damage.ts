import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { openLog } from '@nacre/log'
import { type BlobHash, Fault, type StoredEvent, type StreamName } from '@nacre/types'

// Opens a log again and again, each time damaged in another way, and prints what each use of it came to: one line when a
// case begins and one when it ends, so that a death shows its case.
const [good = '', work = '', plan = ''] = process.argv.slice(2)
type Case = {
  readonly file: '' | '-wal'
  readonly cut?: number
  readonly bytes?: readonly (readonly [number, number])[]
}
type Plan = { readonly streams: readonly string[]; readonly blobs: readonly string[]; readonly cases: readonly Case[] }
const { streams, blobs, cases } = JSON.parse(readFileSync(plan, 'utf8')) as Plan
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)

/** What one use came to: the value's own words, or the code of its Fault; anything else is a bug. */
async function outcome<T>(use: () => Promise<T>): Promise<T | { fault: string; mend: boolean } | { bug: string }> {
  try {
    return await use()
  } catch (error) {
    if (!(error instanceof Fault)) return { bug: String(error) }
    return { fault: error.code, mend: error.mend !== undefined && error.message !== '' }
  }
}

function damage({ file, cut, bytes = [] }: Case): void {
  rmSync(dirname(work), { recursive: true, force: true })
  mkdirSync(dirname(work), { recursive: true })
  for (const part of ['', '-wal']) if (existsSync(good + part)) copyFileSync(good + part, work + part)
  const whole = readFileSync(work + file)
  for (const [at, byte] of bytes) whole[at % whole.length] = byte
  writeFileSync(work + file, cut === undefined ? whole : whole.subarray(0, cut))
}

const words = (event: StoredEvent) => ('text' in event ? String(event.text) : '?')

for (const [index, each] of cases.entries()) {
  say({ begins: index })
  damage(each)
  const log = await outcome(() => openLog({ path: work, now: () => 1 }))
  if (!('append' in log)) {
    say({ index, open: log })
    continue
  }
  const reads: Record<string, unknown> = {}
  for (const name of streams)
    reads[name] = await outcome(async () => (await log.read(name as StreamName)).events.map(words))
  const kept: Record<string, unknown> = {}
  for (const hash of blobs)
    kept[hash] = await outcome(async () => Buffer.from((await log.blobs.get(hash as BlobHash)) ?? []).toString('hex'))
  const heads = await outcome(async () => (await log.heads('')).map(({ stream, seq }) => [stream, seq]))
  const verified = await outcome(async () => (await log.verifyHeads()).length)
  const append = await outcome(
    async () =>
      (
        await log.append('d/new' as StreamName, [
          Object.assign({ type: 'notice.posted' }, { level: 'info', text: 'new' }),
        ])
      ).type,
  )
  const closed = await outcome(() => log.close())
  say({ index, open: 'opened', reads, kept, heads, verified, append, closed })
}
