import { type Form, formsOf, type Spelling, spellingsOf } from './spellings.js'

/** A point that a reader of bytes can have reached in a written secret. */
type Point = {
  /** The name of the secret that has been read to its end here. */
  readonly found: string | undefined
  /** Where each byte leads. Made when first asked for: a secret has thousands of points, and text reaches few. */
  edges(): ReadonlyMap<number, readonly Point[]>
  /** The last step that came here: of two readings that meet, the one that began earlier goes on. */
  step: number
}

/** A secret that may have begun at byte `start`. */
export type Reading = { readonly point: Point; readonly start: number }

type Path = { readonly spelling: Spelling; readonly then: Point }

export type Matcher = {
  /** Whether a spelling of a secret can begin with these two bytes, or with the first where the second is not known yet. */
  begins(byte: number, next: number | undefined): boolean
  /**
   * Reads one byte at `at`: the readings that it leaves, in the order in which they began, and through `onFound` those
   * that it completes. At most one reading is at a point, so a byte costs at most what the secrets have places.
   */
  read(readings: readonly Reading[], byte: number, at: number, onFound: OnFound): readonly Reading[]
}
type OnFound = (name: string, start: number) => void

/** Reads every spelling of every secret. */
export function createMatcher(secrets: readonly { readonly name: string; readonly value: string }[]): Matcher {
  const start = point(() =>
    secrets.flatMap(({ name, value }) => formsOf(value).flatMap((form) => pathsAt(name, form, 0))),
  )
  const pairs = new Uint8Array(256 * 256)
  for (const [byte, points] of start.edges()) {
    for (const next of points.flatMap((each) => [...each.edges().keys()])) pairs[byte * 256 + next] = 1
  }
  let steps = 0
  return {
    begins: (byte, next) => (next === undefined ? start.edges().has(byte) : pairs[byte * 256 + next] === 1),
    read(readings, byte, at, onFound) {
      const left: Reading[] = []
      steps += 1
      const follow = (from: Point, began: number) => {
        for (const next of from.edges().get(byte) ?? []) {
          if (next.step === steps) continue
          next.step = steps
          if (next.found === undefined) left.push({ point: next, start: began })
          else onFound(next.found, began)
        }
      }
      for (const reading of readings) follow(reading.point, reading.start)
      follow(start, at)
      return left
    },
  }
}

function pathsAt(name: string, form: Form, place: number): Path[] {
  const rest = place + 1
  const then = rest === form.length ? point(() => [], name) : point(() => pathsAt(name, form, rest))
  return spellingsOf(form[place] ?? '').map((spelling) => ({ spelling, then }))
}

function point(paths: () => readonly Path[], found?: string): Point {
  let edges: Map<number, Point[]> | undefined
  return { found, step: 0, edges: () => (edges ??= branch(paths())) }
}

/** Paths that begin alike share their points until they part. */
function branch(paths: readonly Path[]): Map<number, Point[]> {
  const edges = new Map<number, Point[]>()
  for (const [characters, group] of Map.groupBy(paths, ({ spelling }) => spelling[0] ?? '')) {
    const longer = group.filter(({ spelling }) => spelling.length > 1)
    const targets = group.filter(({ spelling }) => spelling.length === 1).map(({ then }) => then)
    if (longer.length > 0) {
      targets.push(point(() => longer.map(({ spelling, then }) => ({ spelling: spelling.slice(1), then }))))
    }
    for (const character of characters) {
      const byte = character.charCodeAt(0)
      edges.set(byte, [...(edges.get(byte) ?? []), ...targets])
    }
  }
  return edges
}
