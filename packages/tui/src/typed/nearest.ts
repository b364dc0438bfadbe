/** The name that is least wrong for what was typed: one that begins with it, else the one with the fewest edits. */
export function nearest(typed: string, names: readonly string[]): string {
  const begun = typed === '' ? undefined : names.find((name) => name.startsWith(typed))
  const ranked = names.map((name) => ({ name, edits: edits(typed, name) })).toSorted((a, b) => a.edits - b.edits)
  return begun ?? ranked[0]?.name ?? ''
}

/** How many insertions, deletions, replacements and swaps of neighbours lie between two words (optimal string alignment). */
export function edits(from: string, to: string): number {
  let older: number[] = []
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1]
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      current[column] = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (older[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    older = previous
    previous = current
  }
  return previous[to.length] ?? 0
}
