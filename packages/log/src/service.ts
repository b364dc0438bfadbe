import { Fault } from '@nacre/types'
import type { BlobTable } from './blobs.js'
import type { Events } from './events.js'
import { toFault, toWire, type WireFault } from './faults.js'
import type { Graves } from './graves.js'
import type { Purging } from './purge.js'
import type { Sql } from './sql.js'
import type { Reply, Request } from './wire.js'

type Append = Extract<Request, { op: 'append' }>
type Fork = Extract<Request, { op: 'fork' }>
type Purge = Extract<Request, { op: 'purge' }>
type Tables = {
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
export function createService(sql: Sql, { events, graves, blobs, purging }: Tables, ports: Ports) {
  let queue: Request[] = []
  let scheduled = false
  /** Forks and purges that are under way. */
  let long = 0
  let isPurging = false
  /** Purges that were asked for while one is under way, which may have missed what they are about: one more does for all. */
  let waiting: number[] = []
  /** A close that waits until those are done. */
  let last: Extract<Request, { op: 'close' }> | undefined
  const faultOf = (error: unknown): WireFault => toWire(toFault(error, ports.path))

  const flush = (): void => {
    scheduled = false
    const requests = queue
    queue = []
    const appends = requests.filter((request) => request.op === 'append')
    for (const group of groups(appends)) ports.reply(commit(group), [])
    for (const request of requests) {
      if (request.op === 'fork') fork(request)
      else if (request.op === 'purge') takePurge(request)
      else if (request.op === 'close' && long > 0) last = request
      else if (request.op !== 'append') serve(request)
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
  const fork = ({ id, argument }: Fork): void =>
    inSteps(events.fork(argument, id), (end) => {
      if ('error' in end) drop(id)
      ports.reply(['error' in end ? { id, fault: faultOf(end.error) } : { id, answer: end.value }], [])
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
        purged.map((id) => (fault ? { id, fault } : { id, answer: undefined })),
        [],
      )
      if (waiting.length > 0) purge()
      else isPurging = false
    })
  }
  const takePurge = ({ id }: Purge): void => {
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
      return sql.transaction(() => group.map(judge))
    } catch (error) {
      const fault = faultOf(error)
      return group.map(({ id }) => ({ id, fault }))
    }
  }
  const judge = ({ id, argument }: Append): Reply => {
    try {
      return { id, answer: events.append(argument) }
    } catch (error) {
      // A Fault is this append's own and came before anything was written; all else has spoilt the transaction.
      if (error instanceof Fault) return { id, fault: toWire(error) }
      throw error
    }
  }
  const serve = (request: Exclude<Request, Append | Fork | Purge>): void => {
    const { id } = request
    try {
      const answer = answerTo(request)
      ports.reply([{ id, answer }], answer instanceof Uint8Array ? [answer.buffer as ArrayBuffer] : [])
    } catch (error) {
      ports.reply([{ id, fault: faultOf(error) }], [])
    }
    // Once closed, the thread has nothing to wait for and ends; the lock is free when it has (not before: libSQL's
    // close() waits for its statements, and only the end of the thread frees those).
    if (request.op === 'close') ports.end()
  }
  const answerTo = (request: Exclude<Request, Append | Fork | Purge>): unknown => {
    switch (request.op) {
      case 'read':
        return events.read(request.argument)
      case 'head':
        return events.headOf(request.argument)
      case 'count':
        return events.count(request.argument)
      case 'heads':
        return events.heads(request.argument)
      case 'graves':
        return graves.unpurged().map(({ stream }) => stream)
      case 'streams':
        return events.streams()
      case 'verify':
        return sql.transaction(() => events.verify(request.argument))
      case 'put':
        return blobs.put(request.argument)
      case 'get':
        return blobs.get(request.argument)
      case 'drop':
        return blobs.drop(request.argument)
      case 'close':
        return sql.close()
      default:
        return request satisfies never
    }
  }

  return {
    take(requests: readonly Request[]): void {
      queue.push(...requests)
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
    for (const { body } of append.argument.drafts) bytes += body.length
  }
  return groups
}
