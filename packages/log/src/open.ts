import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type Appended, Fault, type Millis } from '@nacre/types'
import { damaged } from './faults.js'
import { describeHolder } from './holder.js'
import { createHub, type OpenLog } from './hub.js'
import { type Conflict, type Placed, parseHead, stamp, toEvent, weighed } from './row.js'
import type { HeadDifference, OpenStore, Weighed } from './store.js'
import { type LogThread, openIn, startLogThread, type Thread } from './thread.js'
import { toWireAppend } from './wire.js'

export type LogOptions = {
  readonly path: string
  readonly now: () => Millis
  /** One that was started before; it serves this log only. */
  readonly thread?: LogThread
}

/**
 * Opens the log in the file `path`, or makes it (0600, in a directory of 0700), and holds it alone until `close`.
 * Faults: `conflict` when somebody holds it, `corrupt` when it is no log, `unsupported` when it is a newer one,
 * `storage_failed` and `storage_full` when the disk does not let it.
 */
export async function openLog({ path, now, thread }: LogOptions): Promise<OpenLog> {
  const file = resolve(path)
  createPrivate(file)
  try {
    const opened = await openIn(thread ?? startLogThread(), file)
    const log = createHub(threadStore(opened), now)
    // What a process that was killed had begun to delete. Where that fails, the next opening tries again.
    for (const stream of await opened.ask('graves', undefined)) log.purge(stream).catch(() => undefined)
    return log
  } catch (error) {
    throw error instanceof Fault && error.code === 'conflict' ? describeHolder(file, error) : error
  }
}

/** No database is smaller, and SQLite takes a file of one byte for a new one. */
const SMALLEST_BYTES = 512

/**
 * HAZARD: closing any descriptor of a file drops all POSIX locks that this process has on it. So an existing log is never
 * opened here (`wx` fails before it has a descriptor), nor may anything else in this process read it past SQLite.
 */
function createPrivate(file: string): void {
  try {
    makeDirectory(dirname(file))
    const known = statSync(file, { throwIfNoEntry: false })
    if (known === undefined) closeSync(openSync(file, 'wx', 0o600))
    else if (!known.isFile()) throw new Error('it is there, but no file')
    else if (known.size > 0 && known.size < SMALLEST_BYTES)
      throw damaged(`Of the file ${file} only ${known.size} bytes are left`)
    else if ((known.mode & 0o077) !== 0) chmodSync(file, 0o600)
  } catch (cause) {
    throw cause instanceof Fault ? cause : cannotCreate(file, cause)
  }
}

/** Not by `recursive: true`: where the system says ENOENT below a directory that is there (/proc), that never returns. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return
  makeDirectory(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    if (!existsSync(path)) throw error
  }
}

function cannotCreate(file: string, cause: unknown): Fault {
  const { code, message } = cause as NodeJS.ErrnoException
  if (code === 'ENOSPC') return new Fault('storage_full', `No space left to create the log ${file}.`, { cause })
  return new Fault('storage_failed', `The log ${file} cannot be opened: ${message}.`, {
    cause,
    mend: 'Name a file in a directory that may be written.',
  })
}

const threadStore =
  (thread: Thread): OpenStore =>
  ({ committed, failed }) => {
    void thread.died.then(failed)
    return {
      async append(request) {
        let events: readonly Weighed[] = []
        const answer = await thread.ask('append', toWireAppend(request), (answer) => {
          if ('type' in answer) return
          const [first, at, head] = answer
          if (head === undefined) return
          // What was written is known here but for its seqs and its time: it need not come back.
          const rows = stamp(request.drafts, first, at)
          events = rows.map(weighed)
          committed({ stream: request.stream, head: parseHead(head), events })
        })
        return 'type' in answer ? answer : { type: 'appended', events: events.map(({ event }) => event) }
      },
      async read(span) {
        const { rows, end } = await thread.ask('read', span)
        return { events: rows.map(toEvent), end }
      },
      head: (stream) => thread.ask('head', stream),
      count: (prefix) => thread.ask('count', prefix),
      heads: (query) => thread.ask('heads', query),
      fork: async (request) =>
        toAppended(
          await thread.ask('fork', request, (answer) => {
            if (answer.type === 'placed' && answer.head) committed({ stream: request.target, head: answer.head })
          }),
        ),
      purge: () => thread.ask('purge', undefined),
      async verify() {
        const differences: HeadDifference[] = []
        // One stream at a time: appends go on in between.
        for (const stream of await thread.ask('streams', undefined)) {
          const difference = await thread.ask('verify', stream)
          if (difference) differences.push(difference)
        }
        return differences
      },
      // A copy: it is posted a moment later, and the caller may have changed his bytes by then.
      put: (bytes) => thread.ask('put', new Uint8Array(bytes)),
      get: (hash) => thread.ask('get', hash),
      drop: (hash) => thread.ask('drop', hash),
      async close() {
        await thread.ask('close', undefined)
        await thread.ended
      },
    }
  }

const toAppended = (answer: Placed | Conflict): Appended =>
  answer.type === 'conflict' ? answer : { type: 'appended', events: answer.rows.map(toEvent) }
