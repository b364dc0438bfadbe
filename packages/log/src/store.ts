import type {
  Appended,
  BlobHash,
  Fault,
  Head,
  Millis,
  Page,
  Seq,
  SessionId,
  StoredEvent,
  StreamName,
} from '@nacre/types'

/** An event on its way to a store: its fields beside `type` as JSON. */
export type Draft = { readonly type: string; readonly body: string }
/** An event in a store. */
export type Row = Draft & { readonly seq: Seq; readonly at: Millis; readonly v: number }

export type AppendRequest = {
  readonly stream: StreamName
  readonly drafts: readonly Draft[]
  readonly now: Millis
  readonly expectedSeq: Seq | undefined
}
export type ForkRequest = {
  readonly source: StreamName
  readonly upTo: Seq
  readonly target: StreamName
  readonly now: Millis
}
/** A checked range: every bound is given. */
export type Span = {
  readonly stream: StreamName
  readonly after: Seq
  readonly before: Seq
  readonly limit: number
  readonly maxBytes: number
  readonly newestFirst: boolean
}

/** Which heads, newest first: those that satisfy all that is given. */
export type HeadQuery = {
  readonly prefix: string
  readonly limit?: number
  readonly title?: string
  readonly openWork?: true
  readonly parent?: SessionId
  readonly archived?: false
}

/** A stored event, and how many bytes it weighs in a queue. */
export type Weighed = { readonly event: StoredEvent; readonly bytes: number }
/** What was just made durable. Without `events` (a fork's are too many) followers read them from the store. */
export type Commit = { readonly stream: StreamName; readonly head: Head; readonly events?: readonly Weighed[] }

/** A head that was not what its stream's events say: what was kept, and what replaced it. */
export type HeadDifference = {
  readonly stream: StreamName
  readonly kept: Head | undefined
  readonly rebuilt: Head | undefined
}

/**
 * Where events lie. Arguments were checked by the hub. A store calls `committed` in commit order, and before the
 * promise of what was committed resolves: no follower can miss what its writer already knows.
 */
type Store = {
  append(request: AppendRequest): Promise<Appended>
  read(span: Span): Promise<Page>
  head(stream: StreamName): Promise<Head | undefined>
  count(prefix: string): Promise<number>
  heads(query: HeadQuery): Promise<readonly Head[]>
  fork(request: ForkRequest): Promise<Appended>
  /** Takes away what all deleted streams held. */
  purge(): Promise<void>
  /** Replaces every head that differs from the one rebuilt from its events. */
  verify(): Promise<readonly HeadDifference[]>
  put(bytes: Uint8Array): Promise<BlobHash>
  get(hash: BlobHash): Promise<Uint8Array | undefined>
  drop(hash: BlobHash): Promise<void>
  close(): Promise<void>
}
type StoreEvents = {
  readonly committed: (commit: Commit) => void
  /** The store is gone for good, and nobody asked for it. */
  readonly failed: (fault: Fault) => void
}
export type OpenStore = (events: StoreEvents) => Store
