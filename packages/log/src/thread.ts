import { Worker } from 'node:worker_threads'
import { Fault } from '@nacre/types'
import { closed, fromWire } from './faults.js'
import type { Opened, Operation, Operations, Reply, Request, Told } from './wire.js'

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
  readonly ended: Promise<unknown>
}

/** A thread that waits to be told which log is its own. Until then it holds no process back from its end. */
export type LogThread = {
  readonly worker: Worker
  /** Resolves when it has ended, and with it the lock, with what it ended of. */
  readonly ended: Promise<unknown>
}

/** Starts the thread that `openLog` needs, for whoever does not know yet where the log is: half of an opening is this. */
export function startLogThread(): LogThread {
  // Without execArgv it would take over this process's arguments, and refuse to start under `node --input-type=…`.
  const worker = new Worker(new URL('./worker.js', import.meta.url), { execArgv: [] })
  worker.unref()
  let cause: unknown
  worker.on('error', (error) => {
    cause = error
  })
  return { worker, ended: new Promise((resolve) => worker.once('exit', () => resolve(cause))) }
}

/** Opens the database in a thread; rejects with the Fault that it was refused with. */
export async function openIn({ worker, ended }: LogThread, path: string): Promise<Thread> {
  const pending = new Map<number, Pending>()
  let ids = 0
  let dead: Fault | undefined
  let closing = false
  let outgoing: Request[] = []
  // What is asked in one turn of the event loop goes in one message: in many, the thread would have woken at the first
  // and synced it alone.
  const post = (request: Request) => {
    if (outgoing.push(request) > 1) return
    process.nextTick(() => {
      worker.postMessage(outgoing)
      outgoing = []
    })
  }
  const died = new Promise<Fault>((resolve) => {
    void ended.then((cause) => {
      dead ??= gone(path, cause)
      for (const { reject } of pending.values()) reject(dead)
      pending.clear()
      if (!closing) resolve(dead)
    })
  })
  await opened({ worker, ended }, path)

  worker.on('message', (replies: readonly Reply[]) => {
    for (const [id, answer, fault] of replies) {
      const waiting = pending.get(id)
      pending.delete(id)
      if (fault) waiting?.reject(fromWire(fault))
      else waiting?.settle(answer)
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
        post([ids, op, argument] as readonly unknown[] as Request)
      }),
  }
}

const gone = (path: string, cause: unknown) =>
  new Fault('storage_failed', `The thread of the log ${path} has ended.`, { cause, mend: 'Open the log again.' })

async function opened({ worker, ended }: LogThread, path: string): Promise<void> {
  const first = new Promise<Opened>((resolve) => worker.once('message', resolve))
  const failed = ended.then((cause): Opened => {
    throw new Fault('storage_failed', `The thread of the log ${path} ended at its start.`, { cause })
  })
  worker.ref()
  worker.postMessage({ path } satisfies Told)
  const answer = await Promise.race([first, failed])
  // From here on its end is told by `died` or by the answer itself.
  failed.catch(() => undefined)
  if ('opened' in answer) return
  await ended
  throw fromWire(answer.fault)
}
