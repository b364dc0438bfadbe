import { Worker } from 'node:worker_threads'
import { Fault } from '@nacre/types'
import { closed, fromWire } from './faults.js'
import type { Opened, Operation, Operations, Reply } from './wire.js'

type Pending = { readonly settle: (answer: unknown) => void; readonly reject: (fault: Fault) => void }

/** This side of the worker thread. `seen` runs in the order of the answers, before the promise of its answer resolves. */
export type Thread = {
  ask<Op extends Operation>(
    op: Op,
    argument: Operations[Op]['argument'],
    seen?: (answer: Operations[Op]['answer']) => void,
  ): Promise<Operations[Op]['answer']>
  /** Resolves when the thread has ended without having been asked to; never if it was. */
  readonly died: Promise<Fault>
  /** Resolves when the thread has ended, and with it the lock. */
  readonly ended: Promise<void>
}

/** Starts the thread; resolves when the database is open, rejects with the Fault that it was refused with. */
export async function startThread(path: string): Promise<Thread> {
  // Without execArgv it would take over this process's arguments, and refuse to start under `node --input-type=…`.
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: { path }, execArgv: [] })
  const pending = new Map<number, Pending>()
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  let ids = 0
  let dead: Fault | undefined
  let closing = false
  const died = new Promise<Fault>((resolve) => {
    const die = (cause: unknown) => {
      dead ??= gone(path, cause)
      for (const { reject } of pending.values()) reject(dead)
      pending.clear()
      if (!closing) resolve(dead)
    }
    worker.on('error', die)
    worker.once('exit', die)
  })
  await opened(worker, ended, path)

  worker.on('message', (replies: readonly Reply[]) => {
    for (const reply of replies) {
      const waiting = pending.get(reply.id)
      pending.delete(reply.id)
      if ('fault' in reply) waiting?.reject(fromWire(reply.fault))
      else waiting?.settle(reply.answer)
    }
  })
  return {
    died,
    ended,
    ask: (op, argument, seen) =>
      new Promise((resolve, reject) => {
        // Nothing may follow a close: the connection is gone then.
        if (closing) return reject(closed())
        if (dead) return reject(dead)
        const settle = (answer: unknown) => {
          // The worker answers what it was asked: wire.ts is the contract of both.
          const known = answer as Operations[typeof op]['answer']
          seen?.(known)
          resolve(known)
        }
        if (op === 'close') closing = true
        pending.set(++ids, { settle, reject })
        worker.postMessage({ id: ids, op, argument })
      }),
  }
}

const gone = (path: string, cause: unknown) =>
  new Fault('storage_failed', `The thread of the log ${path} has ended.`, { cause, mend: 'Open the log again.' })

async function opened(worker: Worker, ended: Promise<void>, path: string): Promise<void> {
  const first = new Promise<Opened>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => reject(new Fault('storage_failed', `The thread of the log ${path} ended at its start.`)))
  })
  const answer = await first
  if ('opened' in answer) return
  await ended
  throw fromWire(answer.fault)
}
