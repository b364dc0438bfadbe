import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import {
  type Appended,
  type BlobHash,
  Fault,
  type Head,
  type Millis,
  type Page,
  type Seq,
  type StreamName,
} from '@nacre/types'
import { refuseDeleted } from './deletion.js'
import { createHub, type OpenLog } from './hub.js'
import { EMPTY } from './purge.js'
import { advance, closingAppend, copyRows, cut, NOTHING_COPIED, place, refuseFork, toEvent, weighed } from './row.js'
import type { AppendRequest, ForkRequest, HeadDifference, OpenStore, Row, Span } from './store.js'
import { createUnnamed, hashesIn } from './unnamed.js'

/** The same log without a disk: for tests, and for whoever wants no history. It keeps JSON, so nothing is shared with callers. */
export const memoryLog = ({ now }: { readonly now: () => Millis }): OpenLog => createHub(memoryStore, now)

const memoryStore: OpenStore = ({ committed }) => {
  const streams = new Map<StreamName, Row[]>()
  const heads = new Map<StreamName, Head>()
  const blobs = new Map<BlobHash, Uint8Array>()
  const graves = new Map<StreamName, Seq>()
  const unnamed = createUnnamed()
  let last: Seq = 0

  const rowsOf = (stream: StreamName): readonly Row[] => streams.get(stream) ?? []
  const readable = (stream: StreamName): readonly Row[] =>
    graves.has(stream) ? rowsOf(stream).slice(-1) : rowsOf(stream)
  const named = (): ReadonlySet<string> => new Set([...streams.values()].flat().flatMap(({ body }) => hashesIn(body)))
  const purge = (): void => {
    const before = named()
    for (const [stream, seq] of graves)
      streams.set(
        stream,
        rowsOf(stream).map((row) => (row.seq < seq ? { ...row, ...EMPTY } : row)),
      )
    const after = named()
    for (const hash of blobs.keys()) if (before.has(hash) && !after.has(hash) && !unnamed.has(hash)) blobs.delete(hash)
  }
  const store = (stream: StreamName, rows: readonly Row[], head: Head): void => {
    const known = streams.get(stream)
    if (known) known.push(...rows)
    else streams.set(stream, [...rows])
    if (head.deleted) {
      heads.delete(stream)
      graves.set(stream, head.seq)
    } else heads.set(stream, head)
    last = rows.at(-1)?.seq ?? last
  }
  const commit = (request: AppendRequest): Appended => {
    const { stream } = request
    const buried = graves.get(stream)
    if (buried !== undefined) return refuseDeleted(buried, request)
    const placed = place(heads.get(stream), request, last + 1)
    if (placed.type === 'conflict') return placed
    const events = placed.rows.map(weighed)
    for (const { body } of placed.rows) unnamed.named(body)
    if (placed.head && events.length > 0) {
      store(stream, placed.rows, placed.head)
      committed({ stream, head: placed.head, events })
    }
    return { type: 'appended', events: events.map(({ event }) => event) }
  }
  const fork = (request: ForkRequest): Appended => {
    const { source, upTo, target } = request
    const refused = refuseFork(request, heads.get(source)?.seq ?? 0, heads.get(target)?.seq ?? graves.get(target) ?? 0)
    if (refused) return refused
    const upToRows = rowsOf(source).filter((row) => row.seq <= upTo)
    const copy = copyRows(upToRows, target, last + 1, NOTHING_COPIED)
    const end = place(copy.head, closingAppend(copy, request), last + 1 + copy.rows.length)
    if (end.type === 'conflict' || end.head === undefined) throw new Fault('internal', `The fork ${target} is empty.`)
    store(target, [...copy.rows, ...end.rows], end.head)
    committed({ stream: target, head: end.head })
    return { type: 'appended', events: end.rows.map(toEvent) }
  }

  return {
    append: async (request) => commit(request),
    read: async (span) => pageOf(readable(span.stream), span),
    head: async (stream) => heads.get(stream),
    count: async (prefix) => [...heads.keys()].filter((stream) => stream.startsWith(prefix)).length,
    heads: async ({ prefix, limit, title, openWork, parent, archived }) =>
      [...heads.values()]
        .filter((head) => head.stream.startsWith(prefix))
        .filter(
          (head) =>
            (title === undefined || head.title === title) &&
            (parent === undefined || head.parent === parent) &&
            (archived === undefined || !head.archived) &&
            (!openWork || head.openWork || head.wakeAt !== undefined),
        )
        .toSorted((a, b) => b.seq - a.seq)
        .slice(0, limit),
    fork: async (request) => fork(request),
    purge: async () => purge(),
    async verify() {
      const differences: HeadDifference[] = []
      for (const [stream, rows] of streams) {
        if (graves.has(stream)) continue
        const kept = heads.get(stream)
        const rebuilt = advance(undefined, stream, rows)
        if (rebuilt === undefined || isDeepStrictEqual(kept, rebuilt)) continue
        heads.set(stream, rebuilt)
        differences.push({ stream, kept, rebuilt })
      }
      return differences
    },
    async put(bytes) {
      const hash = createHash('sha256').update(bytes).digest('hex') as BlobHash
      // Not slice(): that of a Buffer is a view of the same bytes.
      blobs.set(hash, new Uint8Array(bytes))
      unnamed.put(hash)
      return hash
    },
    get: async (hash) => blobs.get(hash)?.slice(),
    async drop(hash) {
      blobs.delete(hash)
    },
    close: async () => undefined,
  }
}

function pageOf(all: readonly Row[], { after, before, limit, maxBytes, newestFirst }: Span): Page {
  const within = all.filter(({ seq }) => seq > after && seq < before)
  const { rows, end } = cut(newestFirst ? within.toReversed() : within, limit, maxBytes)
  return { events: rows.map(toEvent), end }
}
