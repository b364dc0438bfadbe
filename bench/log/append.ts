import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLog } from '@nacre/log'
import { type NewEvent, type StreamName, sessionId, streamName, userId } from '@nacre/types'
import Database from 'libsql'
import type { Bench } from '../bench.ts'
import { digits, limited, median } from '../numbers.ts'

const PRODUCERS = 16
const WARM_UP = 500
const EACH = 300
const ROUNDS = 9
const TEXT = 'The boat needs a new rope, oars, and two coats of paint on the hull. '.repeat(3)
const EVENT: NewEvent & { readonly [field: string]: unknown } = {
  type: 'notice.posted',
  level: 'info',
  text: TEXT,
}
const BODY = JSON.stringify(EVENT)
const SCHEMA = [
  'CREATE TABLE events (seq INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT, type TEXT, at INT, v INT, body TEXT)',
  'CREATE UNIQUE INDEX events_of_stream ON events (stream, seq)',
]
const INSERT = 'INSERT INTO events (stream, type, at, v, body) VALUES (?, ?, ?, ?, ?)'

/** A place for events: where to put one, on disk when its promise resolves. */
type Place = { readonly put: (producer: number) => unknown; readonly close: () => unknown }

export const append: Bench = {
  name: 'append',
  title: 'Appending to the log',
  note: `${PRODUCERS} producers, each to its own session, each waiting for its event to be on disk before the next; ${EACH} events each, after ${WARM_UP} that are not measured. Against \`execute\` of \`@libsql/client\`, and against a prepared INSERT of libSQL itself with nothing around it: the same row for each event into a table with an index by session, synced too. Ours writes the session's head beside it. Medians of ${ROUNDS} rounds, taking turns.`,
  async run(say) {
    say('appends')
    const directory = mkdtempSync(join(tmpdir(), 'nacre-bench-'))
    const open = [openOurs, openClient, openStatement]
    const places = await Promise.all(open.map((place, n) => place(join(directory, `${n}.db`))))
    try {
      for (const place of places) await produce(place, WARM_UP)
      const rounds: number[][] = places.map(() => [])
      for (let round = 0; round < ROUNDS; round++)
        for (const [n, place] of places.entries()) rounds[n]?.push(await rateOf(place))
      return rowsOf(rounds.map(median))
    } finally {
      for (const { close } of places) await close()
      rmSync(directory, { recursive: true, force: true })
    }
  },
}

const rowsOf = ([ours = 0, client = 0, statement = 0]: readonly number[]) => [
  { what: 'appends, grouped', value: `${digits(ours)} events/s` },
  { what: 'one `execute` for each event', value: `${digits(client)} events/s` },
  { what: 'one prepared INSERT for each event', value: `${digits(statement)} events/s` },
  limited('grouped against `execute`', ours / client, '×', { atLeast: 7 }),
  { what: 'grouped against the prepared INSERT', value: `${digits(ours / statement)}×` },
]

/** Events a second. */
async function rateOf(place: Place): Promise<number> {
  const started = performance.now()
  await produce(place, EACH)
  return (PRODUCERS * EACH * 1000) / (performance.now() - started)
}

async function produce({ put }: Place, each: number): Promise<void> {
  const producer = async (_: unknown, n: number) => {
    for (let sent = 0; sent < each; sent++) await put(n)
  }
  await Promise.all(Array.from({ length: PRODUCERS }, producer))
}

async function openOurs(path: string): Promise<Place> {
  const log = await openLog({ path, now: Date.now })
  return { put: (n) => log.append(streamOf(n), [EVENT]), close: () => log.close() }
}

/** A module that is installed by `pnpm bench` alone. */
const peer = (name: string) => new URL(`../peers/${name}.mjs`, import.meta.url).href

type Client = {
  openClient(
    path: string,
    schema: readonly string[],
    insert: string,
  ): Promise<{ put(args: readonly (string | number)[]): Promise<unknown>; close(): void }>
}

async function openClient(path: string): Promise<Place> {
  const client: Client = await import(peer('libsql-client'))
  const { put, close } = await client.openClient(path, SCHEMA, INSERT)
  return { put: (n) => put(rowOf(n)), close }
}

async function openStatement(path: string): Promise<Place> {
  const db = new Database(path)
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA locking_mode = EXCLUSIVE')
  for (const sql of SCHEMA) db.exec(sql)
  const insert = db.prepare(INSERT)
  return { put: (n) => insert.run(rowOf(n)), close: () => db.close() }
}

const rowOf = (n: number) => [streamOf(n), EVENT.type, Date.now(), 1, BODY]

const streamOf = (n: number): StreamName => streamName(userId('bench'), sessionId(`producer-${n}`))
