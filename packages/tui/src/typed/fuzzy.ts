/** Points for a character that matches: more at the start, behind a separator, and right behind the one before. */
const POINTS = { any: 1, next: 4, word: 6, start: 10, whole: 20 }
const SEPARATOR = /[\s/\\._:@-]/u

/**
 * How well a text is meant by a query: every word of the query must stand in it, its characters in order, whatever is
 * between them and however they are cased. Undefined where one does not; an empty query means all alike.
 */
export function fuzzyScore(query: string, text: string): number | undefined {
  const lower = text.toLowerCase()
  let sum = 0
  for (const word of query.toLowerCase().split(/\s+/u)) {
    const score = wordScore(word, lower)
    if (score === undefined) return undefined
    sum += score
  }
  // Of two texts that match alike the shorter one is meant.
  return sum - Math.min(text.length, 500) / 1000
}

/** The items that a query can mean, the best first; those that are alike keep their order. */
export function ranked<T>(query: string, items: readonly T[], textOf: (item: T) => string): readonly T[] {
  if (query.trim() === '') return items
  return items
    .flatMap((item) => {
      const score = fuzzyScore(query, textOf(item))
      return score === undefined ? [] : [{ item, score }]
    })
    .toSorted((a, b) => b.score - a.score)
    .map(({ item }) => item)
}

function wordScore(word: string, text: string): number | undefined {
  if (word === '') return 0
  const together = text.indexOf(word)
  if (together >= 0)
    return POINTS.whole + pointsAt(text, bestOf(word, text, together)) + (word.length - 1) * POINTS.next
  let score = 0
  let last = -2
  for (const character of word) {
    const at = text.indexOf(character, Math.max(0, last + 1))
    if (at < 0) return undefined
    score += at === last + 1 ? POINTS.next : pointsAt(text, at)
    last = at
  }
  return score
}

/** Where a word begins another one, if it does anywhere. */
function bestOf(word: string, text: string, first: number): number {
  for (let at = first; at >= 0; at = text.indexOf(word, at + 1)) if (at === 0 || beginsWord(text, at)) return at
  return first
}

function pointsAt(text: string, at: number): number {
  if (at === 0) return POINTS.start
  return beginsWord(text, at) ? POINTS.word : POINTS.any
}

const beginsWord = (text: string, at: number): boolean => SEPARATOR.test(text[at - 1] ?? '')
