import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLog } from '@nacre/log'
import { type NewEvent, type StreamName, sessionId, streamName, userId } from '@nacre/types'
import Database from 'libsql'
import type { Bench } from '../bench.ts'
import { digits, limited, median } from '../numbers.ts'

const PRODUCERS = 16
const EACH = 250
const ROUNDS = 5
const TEXT = 'The boat needs a new rope, oars, and two coats of paint on the hull. '.repeat(3)
const EVENT: NewEvent & { readonly [field: string]: unknown } = {
  type: 'notice.posted',
  level: 'info',
  text: TEXT,
}

export const append: Bench = {
  name: 'append',
  title: 'Appending to the log',
  note: `${PRODUCERS} producers, each to its own session, each waiting for its event to be on disk before the next; ${EACH} events each. Against one INSERT of the same row into the same table for each event, synced too, by libSQL itself. Medians of ${ROUNDS} rounds, taking turns.`,
  async run(say) {
    say('appends')
    const [grouped, single]: [number[], number[]] = [[], []]
    for (let round = 0; round < ROUNDS; round++) {
      grouped.push(await inFreshDirectory(appends))
      single.push(await inFreshDirectory(statements))
    }
    const [ours, theirs] = [median(grouped), median(single)]
    return [
      { what: 'appends, grouped', value: `${digits(ours)} events/s` },
      { what: 'one statement for each event', value: `${digits(theirs)} events/s` },
      limited('grouped against one by one', ours / theirs, '×', { atLeast: 7 }),
    ]
  },
}

async function inFreshDirectory(work: (path: string) => Promise<number> | number): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'nacre-bench-'))
  try {
    return await work(join(directory, 'log.db'))
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Events a second through the log. */
async function appends(path: string): Promise<number> {
  const log = await openLog({ path, now: Date.now })
  const started = performance.now()
  await Promise.all(
    Array.from({ length: PRODUCERS }, async (_, n) => {
      for (let sent = 0; sent < EACH; sent++) await log.append(streamOf(n), [EVENT])
    }),
  )
  const rate = perSecond(started)
  await log.close()
  return rate
}

/** Events a second by one statement each, and nothing but that. */
function statements(path: string): number {
  const db = new Database(path)
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA locking_mode = EXCLUSIVE')
  db.exec(
    'CREATE TABLE events (seq INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT, type TEXT, at INT, v INT, body TEXT)',
  )
  db.exec('CREATE UNIQUE INDEX events_of_stream ON events (stream, seq)')
  const insert = db.prepare('INSERT INTO events (stream, type, at, v, body) VALUES (?, ?, ?, ?, ?)')
  const body = JSON.stringify(EVENT)
  const started = performance.now()
  for (let n = 0; n < PRODUCERS * EACH; n++) insert.run([streamOf(n % PRODUCERS), EVENT.type, Date.now(), 1, body])
  const rate = perSecond(started)
  db.close()
  return rate
}

const perSecond = (started: number) => (PRODUCERS * EACH * 1000) / (performance.now() - started)

const streamOf = (n: number): StreamName => streamName(userId('bench'), sessionId(`producer-${n}`))
