/** What an edit comes to: the new text and the lines where something changed, or why nothing did. */
export type Edited =
  | { readonly type: 'edited'; readonly text: string; readonly lines: readonly number[] }
  | { readonly type: 'refused'; readonly why: string }

export type Edit = { readonly old_text: string; readonly new_text: string; readonly replace_all: boolean }

const LINES_NAMED = 10
const LINES_COMPARED = 20_000
const LINE_CHARS = 200
/** How alike two lines are, from 0 to 1, for one to be shown for the other. */
const ALIKE = 0.5

/** Replaces the one place where `old_text` stands, or all; says what to change if there is none, or no single one. */
export function edited(text: string, { old_text: old, new_text: fresh, replace_all: all }: Edit): Edited {
  if (old === fresh) return refused('old_text and new_text are the same; nothing would change.')
  // Overlapping ones are counted too: which of them is meant is just as unclear.
  const found = placesOf(text, old, all ? old.length : 1)
  if (found.length === 0) return refused(`old_text is not in the file. ${hintFor(text, old)}`)
  const lines = linesAt(text, found)
  if (found.length === 1 || all) return { type: 'edited', text: text.split(old).join(fresh), lines }
  const named = lines.slice(0, LINES_NAMED).join(', ')
  const more = lines.length > LINES_NAMED ? ` and ${lines.length - LINES_NAMED} more` : ''
  return refused(
    `old_text is there ${found.length} times, in lines ${named}${more}. Take in more of the lines around the one meant, or set replace_all.`,
  )
}

const refused = (why: string): Edited => ({ type: 'refused', why })

function placesOf(text: string, old: string, step: number): readonly number[] {
  const found: number[] = []
  for (let at = text.indexOf(old); at !== -1; at = text.indexOf(old, at + step)) found.push(at)
  return found
}

/** Line numbers, from 1, of offsets in ascending order. */
function linesAt(text: string, offsets: readonly number[]): readonly number[] {
  let line = 1
  let at = 0
  return offsets.map((offset) => {
    for (let next = text.indexOf('\n', at); next !== -1 && next < offset; next = text.indexOf('\n', at)) {
      line += 1
      at = next + 1
    }
    return line
  })
}

function hintFor(text: string, old: string): string {
  if (!old.includes('\r') && text.includes('\r\n') && text.replaceAll('\r\n', '\n').includes(old))
    return 'Its lines end with \\r\\n; write old_text with them, or edit one line at a time.'
  const wanted = old
    .split('\n')
    .find((line) => line.trim() !== '')
    ?.trim()
  const near = wanted === undefined ? undefined : nearestLine(text, wanted)
  if (near === undefined) return 'No line is like it; read the file first.'
  const said = near.text.length > LINE_CHARS ? `${near.text.slice(0, LINE_CHARS)}…` : near.text
  return `The nearest line is ${near.line}: ${said}`
}

function nearestLine(text: string, wanted: string): { line: number; text: string } | undefined {
  const pairs = pairsOf(wanted)
  let best: { line: number; text: string; alike: number } | undefined
  for (const [index, line] of text.split('\n', LINES_COMPARED).entries()) {
    const alike = line.trim() === wanted ? 1 : likeness(pairs, pairsOf(line.trim()))
    if (alike >= ALIKE && alike > (best?.alike ?? 0)) best = { line: index + 1, text: line.trimEnd(), alike }
  }
  return best
}

/** The pairs of neighbouring characters that two lines share (Dice's coefficient). */
function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  return a.size + b.size === 0 ? 0 : (2 * [...a].filter((pair) => b.has(pair)).length) / (a.size + b.size)
}

function pairsOf(line: string): ReadonlySet<string> {
  const cut = line.slice(0, LINE_CHARS)
  return new Set(Array.from({ length: Math.max(0, cut.length - 1) }, (_, at) => cut.slice(at, at + 2)))
}
