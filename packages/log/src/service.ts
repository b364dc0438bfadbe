import type { Verdict } from './append.js'
import type { BlobTable } from './blobs.js'
import type { Events } from './events.js'
import { toFault, toWire, type WireFault } from './faults.js'
import type { Graves } from './graves.js'
import type { Heads } from './heads.js'
import type { Purging } from './purge.js'
import type { Sql } from './sql.js'
import type { AppendRequest, ForkRequest } from './store.js'
import { fromWireAppend, type Reply, type Request } from './wire.js'

type Append = { readonly id: number; readonly request: AppendRequest }
type Close = Extract<Request, readonly [number, 'close', unknown]>
type Served = Exclude<Request, readonly [number, 'append' | 'fork' | 'purge', unknown]>
type Tables = {
  readonly append: (requests: readonly AppendRequest[]) => readonly Verdict[]
  readonly heads: Heads
  readonly events: Events
  readonly graves: Graves
  readonly blobs: BlobTable
  readonly purging: Purging
}
type End<T> = { readonly value: T } | { readonly error: unknown }
type Ports = {
  readonly path: string
  readonly reply: (replies: readonly Reply[], transfer: ArrayBuffer[]) => void
  readonly end: () => void
}

/** A group beyond this is split, so that no transaction grows without bound. */
const GROUP_LIMIT_BYTES = 4 * 1024 * 1024

/**
 * Serves requests in the order of their arrival, but appends that arrived together first, as one transaction: one sync
 * acknowledges them all. Each is judged on its own; only when the transaction itself fails do all of them fail.
 */
export function createService(sql: Sql, { append, events, heads, graves, blobs, purging }: Tables, ports: Ports) {
  let appends: Append[] = []
  let queue: Exclude<Request, readonly [number, 'append', unknown]>[] = []
  let scheduled = false
  /** Forks and purges that are under way. */
  let long = 0
  let isPurging = false
  /** Purges that were asked for while one is under way, which may have missed what they are about: one more does for all. */
  let waiting: number[] = []
  /** A close that waits until those are done. */
  let last: Close | undefined
  const faultOf = (error: unknown): WireFault => toWire(toFault(error, ports.path))
  const failed = (id: number, error: unknown): Reply => [id, undefined, faultOf(error)]

  const flush = (): void => {
    scheduled = false
    const [together, requests] = [appends, queue]
    appends = []
    queue = []
    for (const group of groups(together)) ports.reply(commit(group), [])
    for (const request of requests) {
      if (request[1] === 'fork') fork(request[0], request[2])
      else if (request[1] === 'purge') takePurge(request[0])
      else if (request[1] === 'close' && long > 0) last = request
      else serve(request)
    }
  }
  /** Batch by batch, each in a transaction, with a look at what has arrived in between. */
  const inSteps = <T>(steps: Generator<undefined, T>, settle: (end: End<T>) => void): void => {
    long += 1
    const step = (): void => {
      let end: End<T>
      try {
        const result = sql.transaction(() => steps.next())
        if (!result.done) return void setImmediate(step)
        end = { value: result.value }
      } catch (error) {
        end = { error }
      }
      settle(end)
      long -= 1
      if (long === 0 && last !== undefined) serve(last)
    }
    step()
  }
  const fork = (id: number, request: ForkRequest): void =>
    inSteps(events.fork(request, id), (end) => {
      if ('error' in end) drop(id)
      ports.reply(['error' in end ? failed(id, end.error) : [id, end.value]], [])
    })
  const purge = (): void => {
    const purged = waiting
    waiting = []
    inSteps(purging.steps(), (end) => {
      const fault = faultIn(() => {
        if ('error' in end) throw end.error
        purging.end(end.value)
      })
      ports.reply(
        purged.map((id) => (fault ? [id, undefined, fault] : [id, undefined])),
        [],
      )
      if (waiting.length > 0) purge()
      else isPurging = false
    })
  }
  const takePurge = (id: number): void => {
    waiting.push(id)
    if (isPurging) return
    isPurging = true
    purge()
  }
  const faultIn = (work: () => void): WireFault | undefined => {
    try {
      work()
      return undefined
    } catch (error) {
      return faultOf(error)
    }
  }
  const drop = (copyId: number): void => {
    try {
      sql.transaction(() => events.dropCopy(copyId))
    } catch {
      // A disk that took no copy may not let go of it either: it is dropped when the log is opened again.
    }
  }
  const commit = (group: readonly Append[]): readonly Reply[] => {
    try {
      const verdicts = append(group.map(({ request }) => request))
      return verdicts.map((verdict, index): Reply => {
        const id = group[index]?.id ?? 0
        return 'error' in verdict ? failed(id, verdict.error) : [id, verdict.answer]
      })
    } catch (error) {
      return group.map(({ id }) => failed(id, error))
    }
  }
  const serve = (request: Served): void => {
    const [id, op] = request
    try {
      const answer = answerTo(request)
      ports.reply([[id, answer]], answer instanceof Uint8Array ? [answer.buffer as ArrayBuffer] : [])
    } catch (error) {
      ports.reply([failed(id, error)], [])
    }
    // Once closed, the thread has nothing to wait for and ends; the lock is free when it has (not before: libSQL's
    // close() waits for its statements, and only the end of the thread frees those).
    if (op === 'close') ports.end()
  }
  const answerTo = ([, op, argument]: Served): unknown => {
    switch (op) {
      case 'read':
        return events.read(argument)
      case 'head':
        return heads.of(argument)
      case 'count':
        return heads.count(argument)
      case 'heads':
        return heads.find(argument)
      case 'graves':
        return graves.unpurged().map(({ stream }) => stream)
      case 'streams':
        return events.streams()
      case 'verify':
        return sql.transaction(() => events.verify(argument))
      case 'put':
        return blobs.put(argument)
      case 'get':
        return blobs.get(argument)
      case 'drop':
        return blobs.drop(argument)
      case 'close':
        return sql.close()
      default:
        return op satisfies never
    }
  }

  return {
    take(requests: readonly Request[]): void {
      for (const request of requests) {
        if (request[1] === 'append') appends.push({ id: request[0], request: fromWireAppend(request[2]) })
        else queue.push(request)
      }
      if (!scheduled) setImmediate(flush)
      scheduled = true
    },
  }
}

function groups(appends: readonly Append[]): readonly (readonly Append[])[] {
  const groups: Append[][] = []
  let bytes = GROUP_LIMIT_BYTES
  for (const append of appends) {
    if (bytes >= GROUP_LIMIT_BYTES) {
      groups.push([])
      bytes = 0
    }
    groups.at(-1)?.push(append)
    for (const { body } of append.request.drafts) bytes += body.length
  }
  return groups
}
