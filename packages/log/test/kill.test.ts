import { openLog } from '@nacre/log'
import type { BlobHash, Seq, StreamName } from '@nacre/types'
import { expect, test } from 'vitest'
import { child, freshPath, now, sql } from './stage.js'

type Ack = {
  readonly stream: StreamName
  readonly key: string
  readonly seqs: readonly Seq[]
  readonly hash?: BlobHash
}
type Written = { readonly seq: Seq; readonly key: string; readonly part: number; readonly size: number }

const ROUNDS = 24

test(`killed ${ROUNDS} times, it has every acknowledged event and nothing half-written`, async () => {
  const path = freshPath()
  const acks: Ack[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const writer = child('write', path, `${round}`)
    // Killed behind a random acknowledgement, or some milliseconds later, in whatever it does then.
    const wanted = 1 + Math.floor(Math.random() * 60)
    for (let n = 0; n < wanted; n++) acks.push(parse((await writer.lines.next()).value))
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 10))
    await writer.kill()
    for (let line = await writer.lines.next(); !line.done; line = await writer.lines.next())
      acks.push(parse(line.value))
    await judge(path, acks)
    if (round % 4 === 3) expect(sql(path, 'PRAGMA integrity_check')).toEqual([[{ integrity_check: 'ok' }]])
  }
  expect(acks.length).toBeGreaterThanOrEqual(ROUNDS)
}, 180_000)

const parse = (line: unknown): Ack => JSON.parse(String(line))

async function judge(path: string, acks: readonly Ack[]): Promise<void> {
  await using log = await openLog({ path, now })
  const written = new Map<string, Written[]>()
  for (const { stream } of await log.heads('')) {
    for (let [after, end] = [0, false]; !end; ) {
      const page = await log.read(stream, { after })
      end = page.end
      after = page.events.at(-1)?.seq ?? after
      for (const event of page.events as readonly unknown[] as readonly Written[]) {
        written.set(event.key, [...(written.get(event.key) ?? []), event])
      }
    }
  }
  for (const [key, events] of written) {
    expect([key, events.map(({ part }) => part)]).toEqual([
      key,
      Array.from({ length: events[0]?.size ?? 0 }, (_, n) => n),
    ])
  }
  for (const { key, seqs } of acks) expect([key, written.get(key)?.map(({ seq }) => seq)]).toEqual([key, seqs])
  for (const { key, hash } of acks)
    if (hash) expect(Buffer.from((await log.blobs.get(hash)) ?? []).toString()).toBe(key)
  expect(await log.verifyHeads()).toEqual([])
}
