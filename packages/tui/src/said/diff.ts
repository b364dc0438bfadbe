/** What happens to a line. */
export type Change = { readonly type: 'same' | 'removed' | 'added'; readonly text: string }

/** More pairs of lines than this are not compared: then all is removed, and all is added. */
const MOST_PAIRS = 250_000

/** The lines of two texts as what becomes of them, what is removed before what is added. A line ends with LF only. */
export function diffOf(before: string, after: string): readonly Change[] {
  const [old, fresh] = [before.split('\n'), after.split('\n')]
  const most = Math.min(old.length, fresh.length)
  let head = 0
  while (head < most && old[head] === fresh[head]) head++
  let foot = 0
  while (foot < most - head && old[old.length - 1 - foot] === fresh[fresh.length - 1 - foot]) foot++
  return [
    ...changes('same', old.slice(0, head)),
    ...middle(old.slice(head, old.length - foot), fresh.slice(head, fresh.length - foot)),
    ...changes('same', old.slice(old.length - foot)),
  ]
}

const changes = (type: Change['type'], texts: readonly string[]): Change[] => texts.map((text) => ({ type, text }))

/** By the longest common subsequence. */
function middle(old: readonly string[], fresh: readonly string[]): Change[] {
  if (old.length * fresh.length > MOST_PAIRS) return [...changes('removed', old), ...changes('added', fresh)]
  const common = commonLengths(old, fresh)
  const found: Change[] = []
  let [i, j] = [0, 0]
  while (i < old.length || j < fresh.length) {
    const [before, after] = [old[i], fresh[j]]
    if (before !== undefined && before === after) {
      found.push({ type: 'same', text: before })
      i++
      j++
    } else if (before !== undefined && (common[i + 1]?.[j] ?? 0) >= (common[i]?.[j + 1] ?? 0)) {
      found.push({ type: 'removed', text: before })
      i++
    } else {
      found.push({ type: 'added', text: after ?? '' })
      j++
    }
  }
  return found
}

/** How many lines are common to what is left of both, from each pair of places on. */
function commonLengths(old: readonly string[], fresh: readonly string[]): Uint16Array[] {
  const common = Array.from({ length: old.length + 1 }, () => new Uint16Array(fresh.length + 1))
  for (let i = old.length - 1; i >= 0; i--) {
    const [row, below] = [common[i], common[i + 1]]
    if (row === undefined || below === undefined) continue
    for (let j = fresh.length - 1; j >= 0; j--)
      row[j] = old[i] === fresh[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0)
  }
  return common
}
