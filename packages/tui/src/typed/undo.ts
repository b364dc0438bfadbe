export type Snapshot = { readonly text: string; readonly cursor: number }
/** What the text was, oldest first, and what it was before it was undone, newest undone last. */
export type Undo = { readonly past: readonly Snapshot[]; readonly future: readonly Snapshot[] }

export const NOTHING_DONE: Undo = { past: [], future: [] }

const KEPT = 500
const UNITS = 4 * 1024 * 1024

/** Before a change: `now` can be come back to, and nothing can be done again. */
export const changing = ({ past }: Undo, { text, cursor }: Snapshot): Undo => ({
  past: bounded([...past, { text, cursor }]),
  future: [],
})

/** The state before the last change; undefined where there was none. */
export function undone({ past, future }: Undo, { text, cursor }: Snapshot): (Snapshot & { undo: Undo }) | undefined {
  const last = past.at(-1)
  return last && { ...last, undo: { past: past.slice(0, -1), future: [...future, { text, cursor }] } }
}

export function redone({ past, future }: Undo, { text, cursor }: Snapshot): (Snapshot & { undo: Undo }) | undefined {
  const next = future.at(-1)
  return next && { ...next, undo: { past: [...past, { text, cursor }], future: future.slice(0, -1) } }
}

function bounded(past: readonly Snapshot[]): readonly Snapshot[] {
  let units = 0
  const first = past.findLastIndex(({ text }, index) => {
    units += text.length
    return past.length - index > KEPT || units > UNITS
  })
  return first < 0 ? past : past.slice(first + 1)
}
