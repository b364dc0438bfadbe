import type { Log, LogItem, Millis, NewEvent, Seq, StoredEvent, StreamName } from '@nacre/types'
import { vi } from 'vitest'
import type { OpenLog } from '../hub.js'

/** Makes a fresh, empty log. */
export type MakeLog = (world: { readonly now: () => Millis }) => OpenLog | Promise<OpenLog>

export const stream = (name: string) => name as StreamName

/** A clock that a test sets by hand. */
export function clock(start = 1_000) {
  const time = { now: start }
  return { time, now: () => time.now }
}

export const notice = (text: string): NewEvent => ({ type: 'notice.posted', level: 'info', text }) as NewEvent
export const notices = (count: number, text = 'n') =>
  Array.from({ length: count }, (_, index) => notice(`${text}${index}`))
export const stepStarted = (step: string): NewEvent =>
  ({ type: 'step.started', turn: 't', step, inputs: [], provider: 'p', model: 'm' }) as NewEvent
export const stepFinished = (step: string): NewEvent =>
  ({ type: 'step.finished', step, outcome: 'completed', parts: [] }) as NewEvent
export const delta = (step: string, offset: number, text: string) => ({ type: 'text.delta', step, offset, text })

export const seqs = (events: readonly StoredEvent[]): readonly Seq[] => events.map(({ seq }) => seq)

/** Everything that is stored in a stream, page by page. */
export async function readAll(log: Log, name: StreamName, limit = 1000): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = []
  for (let end = false; !end; ) {
    const page = await log.read(name, { after: events.at(-1)?.seq ?? 0, limit })
    events.push(...page.events)
    end = page.end
  }
  return events
}

/** A follower that collects; `pause` is awaited before it takes each next item. */
export function collect(
  log: Log,
  name: StreamName,
  after: Seq = 0,
  pause: (taken: number) => unknown = () => undefined,
) {
  const controller = new AbortController()
  const items: LogItem[] = []
  const run = async () => {
    for await (const item of log.follow(name, { after, signal: controller.signal })) {
      items.push(item)
      await pause(items.length)
    }
  }
  const done = run()
  // Looked at by `stop` or by the test; until then it must not count as unhandled.
  done.catch(() => undefined)
  return {
    items,
    done,
    kinds: () => items.map(({ kind }) => kind),
    stored: () => items.flatMap((item) => (item.kind === 'stored' ? [item.event] : [])),
    transients: () => items.flatMap((item) => (item.kind === 'transient' ? [item.event] : [])),
    async stop() {
      controller.abort()
      await done
    },
  }
}

/** A promise, and the function that fulfils it. */
export function gate() {
  let open: () => void = () => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}

export const turnOfLoop = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Waits until it holds; the time limit only ends a test that has failed. */
export const until = (holds: () => boolean, what: string) =>
  vi.waitFor(
    () => {
      if (!holds()) throw new Error(`still waiting until ${what}`)
    },
    { timeout: 10_000, interval: 1 },
  )
