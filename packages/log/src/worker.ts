import { type MessagePort, parentPort } from 'node:worker_threads'
import { Fault } from '@nacre/types'
import { createAppends } from './append.js'
import { createBlobs } from './blobs.js'
import { openDatabase } from './database.js'
import { createEvents } from './events.js'
import { toFault, toWire } from './faults.js'
import { createGraves } from './graves.js'
import { createHeads } from './heads.js'
import { createPurging } from './purge.js'
import { createService } from './service.js'
import { createTails } from './tails.js'
import { createUnnamed } from './unnamed.js'
import type { Opened, Request, Told } from './wire.js'

/** The thread that owns the connection: SQLite blocks, and a synced commit takes milliseconds. */
function serve(port: MessagePort, path: string): void {
  const tell = (message: Opened) => port.postMessage(message)
  try {
    const sql = openDatabase(path)
    const unnamed = createUnnamed()
    const graves = createGraves(sql)
    const heads = createHeads(sql)
    const tails = createTails()
    const events = createEvents(sql, heads, graves, tails)
    events.dropCopies()
    const append = createAppends(sql, { events, heads, graves, tails, unnamed })
    const blobs = createBlobs(sql, unnamed)
    const purging = createPurging(sql, graves, unnamed)
    const service = createService(
      sql,
      { append, events, heads, graves, blobs, purging },
      {
        path,
        reply: (replies, transfer) => port.postMessage(replies, transfer),
        end: () => port.close(),
      },
    )
    port.on('message', (requests: readonly Request[]) => service.take(requests))
    tell({ opened: true })
  } catch (error) {
    tell({ fault: toWire(toFault(error, path)) })
  }
}

if (parentPort === null) throw new Fault('internal', 'worker.js is started by openLog, as a worker thread.')
const port = parentPort
port.once('message', ({ path }: Told) => serve(port, path))
