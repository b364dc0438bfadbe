import type { BlobHash, Millis, Seq, SessionId, StreamName } from './ids.js'

/** An event on its way into a log. Its fields beside `type` are the business of the session package. */
export type NewEvent = { readonly type: string }
/** An event in a log: the log gave it `seq` and `at`, `v` is the version of its shape. */
export type StoredEvent = NewEvent & { readonly seq: Seq; readonly at: Millis; readonly v: number }
/** Something published to whoever follows, and never stored. */
export type Transient = { readonly type: string }

/**
 * What a follower gets: stored events without gap or double; `live` once, when everything stored so far was
 * delivered; transients from there on.
 */
export type LogItem =
  | { readonly kind: 'stored'; readonly event: StoredEvent }
  | { readonly kind: 'live' }
  | { readonly kind: 'transient'; readonly event: Transient }

export type Appended =
  | { readonly type: 'appended'; readonly events: readonly StoredEvent[] }
  /** Nothing was written: the stream's last seq is `head`, not what was expected. */
  | { readonly type: 'conflict'; readonly head: Seq }

/** One page of a stream. `end` says that nothing lies beyond it in the direction of reading. */
export type Page = { readonly events: readonly StoredEvent[]; readonly end: boolean }

/** `after` and `before` are exclusive; without `newestFirst` the page is in ascending order. */
export type Range = {
  readonly after?: Seq
  readonly before?: Seq
  readonly limit?: number
  readonly newestFirst?: boolean
}

/** What lists and engines need to know of a session without reading it: a cache of its fold. */
export type Head = {
  readonly stream: StreamName
  readonly seq: Seq
  readonly title: string
  readonly agent: string
  /** Selected in place of the agent's own, as `provider/model`. */
  readonly model?: string
  readonly status: 'idle' | 'queued' | 'running' | 'waiting'
  /** True when an engine has something to do here. May be true too long, never false too early. */
  readonly openWork: boolean
  /** When there will be something to do though nobody says anything. */
  readonly wakeAt?: Millis
  /** The session whose delegate this one is. */
  readonly parent?: SessionId
  /** Left out of lists, until something is sent to it. */
  readonly archived?: true
  /** So the last turn has ended; until the next one starts. */
  readonly failed?: true
  /** Its log holds nothing else any more: told once by a feed, and never kept. */
  readonly deleted?: true
  readonly createdAt: Millis
  readonly updatedAt: Millis
  /** What the next headOf needs; nobody else reads it. */
  readonly memo: HeadMemo
}
export type HeadMemo = {
  readonly queued: readonly string[]
  readonly recent: readonly string[]
  readonly turn?: string
  readonly cancelled?: boolean
  /** A cancel has withdrawn an input, or was a repeat and has not: `queued` may hold one too many. */
  readonly unsure?: boolean
  readonly waitingFor: readonly string[]
  readonly asked?: readonly { readonly call: string; readonly hash: string; readonly expiresAt?: Millis }[]
  readonly parked: boolean
  /** When the model can be asked again. */
  readonly until?: Millis
  readonly delivered?: boolean
  /** Where the newest checkpoint is. */
  readonly checkpoint?: Seq
}

export const APPEND_LIMIT = { events: 64, bytes: 256 * 1024 } as const
export const PAGE_LIMIT = 1000

/**
 * An append-only log of streams with one order. Everything that it acknowledges is on disk.
 *
 * An append that ends with `session.deleted` is a stream's last one, and takes effect with it: the stream has no head any
 * more, is counted no more, reads and is followed as that one event, and its name is never used again. An append to it is a
 * conflict where it expects another seq, else a Fault `not_found`. A feed tells it once, as a head with `deleted`.
 *
 * Failures are Faults: `storage_full`, `storage_failed`, `limit_exceeded`, `closed`.
 */
export interface Log {
  /** All of `events` or none. With `expectedSeq`, only if the stream's last seq is that one (0: the stream is empty). */
  append(stream: StreamName, events: readonly NewEvent[], options?: { expectedSeq?: Seq }): Promise<Appended>
  /** At most `limit` events (1..PAGE_LIMIT, which is the default); an unknown stream is an empty one. */
  read(stream: StreamName, range?: Range): Promise<Page>
  /** History after `after`, then what comes, until the signal aborts (the iterator then just ends). */
  follow(stream: StreamName, options: { after: Seq; signal: AbortSignal }): AsyncIterable<LogItem>
  /** Hands a transient to the stream's followers. Never blocks, never fails; a slow follower may not get it. */
  publish(stream: StreamName, event: Transient): void
  /** The head of exactly this stream, if it has one. */
  head(stream: StreamName): Promise<Head | undefined>
  /** How many streams have a name that begins with `prefix`. */
  count(prefix: string): Promise<number>
  /**
   * Heads of all streams whose name begins with `prefix`, most recently updated first, or the first `limit` of them; with
   * `title` only of those that have exactly this one, with `parent` only of that session's delegates, with
   * `archived: false` of none that is archived.
   */
  heads(
    prefix: string,
    options?: { limit?: number; title?: string; parent?: SessionId; archived?: false },
  ): Promise<readonly Head[]>
  /**
   * Heads that changed after `from`, then each as it changes, newest state only; ends when the signal aborts. With
   * `openWork` the first ones are only those that have some, or will at their `wakeAt`.
   */
  feed(prefix: string, options: { from: Seq; signal: AbortSignal; openWork?: boolean }): AsyncIterable<Head>
  /** Copies `source` up to and including `upTo` into the empty stream `target` and closes there what was open. */
  fork(source: StreamName, upTo: Seq, target: StreamName): Promise<Appended>
  /**
   * Takes away what a deleted stream held: of its events the seq and type stay, which nobody reads, and blobs that only they
   * named are dropped. Its delegates, and theirs, are deleted and purged with it. Resolves when the bytes are gone from
   * the log's files. A log that was killed before finishes it when it is opened; asked for again it is nothing.
   * Fault `not_found` where there is no such stream, `conflict` where it was not deleted.
   */
  purge(stream: StreamName): Promise<void>
  readonly blobs: Blobs
}

/** Bytes by their hash, beside the log. `put` resolves when they are on disk. */
export interface Blobs {
  put(bytes: Uint8Array): Promise<BlobHash>
  get(hash: BlobHash): Promise<Uint8Array | undefined>
  drop(hash: BlobHash): Promise<void>
}
