const LONGEST = 64

/** The one of `names` that `name` was probably meant to be, if any is near enough. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const wanted = name.slice(0, LONGEST).toLowerCase()
  const [best] = names
    .map((candidate) => ({ candidate, far: distance(wanted, candidate.toLowerCase()) }))
    .filter(({ candidate, far }) => far <= Math.max(2, candidate.length / 3))
    .toSorted((a, b) => a.far - b.far)
  return best?.candidate
}

/** Characters to insert, delete or replace between two short texts. */
function distance(a: string, b: string): number {
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (const [row, character] of [...a].entries()) {
    const current = [row + 1]
    for (const [column, other] of [...b].entries()) {
      const [aslant = 0, above = 0] = last.slice(column, column + 2)
      current.push(Math.min(above + 1, (current[column] ?? 0) + 1, aslant + (character === other ? 0 : 1)))
    }
    last = current
  }
  return last.at(-1) ?? 0
}
