import type { World } from '@nacre/client'

/** How a window changed its size: when that began, and in which row its cursor is now (from 1), if the terminal said so. */
export type Resized = { readonly since: number; readonly cursorRow: number | undefined }

/** What a terminal has answered: the row of its cursor, and its last column. */
export type Place = { readonly row: number; readonly columns: number }

/** Follows a window while its size changes, until it is certain how it stands. */
export type Window = {
  /** It has got another size, and may get more. */
  changed(): void
  /** The terminal has answered. */
  answered(place: Place): void
  /** What is drawn now would be for one size and may be read for another. */
  moving(): boolean
  /** How its size changed, told once. */
  resized(): Resized | undefined
  /** Nothing is asked any more, and no answer is on its way. */
  close(): Promise<unknown>
}

/** A window that has not changed for so long is at rest. */
const REST_MS = 150
/** Terminals that do not answer are not waited for. */
const ANSWER_MS = 300

/** So often it is asked again where it has another size than we were told: multiplexers tell it a quarter of a second later. */
const MOST_QUESTIONS = 5

/** `columns` is how many there are, as far as we were told; `rested` says that the window is at rest. */
export function createWindow(world: World, columns: () => number, ask: () => void, rested: () => void): Window {
  let since: number | undefined
  let resized: Resized | undefined
  let changes = 0
  let asked: Promise<unknown> = Promise.resolve()
  const closed = new AbortController()
  /** Answers come in the order of the questions, some of them too late. */
  const waiting: ((place: Place) => void)[] = []
  const answer = async (): Promise<Place | undefined> => {
    const over = new AbortController()
    const { promise, resolve } = Promise.withResolvers<Place>()
    waiting.push(resolve)
    ask()
    const place = await Promise.race([promise, world.sleep(ANSWER_MS, over.signal)])
    over.abort()
    return place ?? undefined
  }
  const follow = async (began: number) => {
    const change = ++changes
    const isOver = () => change !== changes || closed.signal.aborted
    let place: Place | undefined
    for (let questions = 0; questions < MOST_QUESTIONS; questions++) {
      await world.sleep(REST_MS, closed.signal)
      if (isOver()) return
      const answered = answer()
      asked = answered
      place = await answered
      if (isOver()) return
      if (place === undefined || place.columns === columns()) break
    }
    since = undefined
    resized = { since: began, cursorRow: place?.columns === columns() ? place.row : undefined }
    rested()
  }
  return {
    changed() {
      since ??= world.now()
      void follow(since)
    },
    answered: (place) => waiting.shift()?.(place),
    moving: () => since !== undefined,
    resized() {
      const told = resized
      resized = undefined
      return told
    },
    close() {
      closed.abort()
      return asked
    },
  }
}
