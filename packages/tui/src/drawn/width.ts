/** Latin, Greek, Cyrillic, punctuation, arrows, mathematics and lines: one column each, and nothing that joins. */
const SIMPLE =
  /^[ -~\u00a0-\u00ac\u00ae-\u02ff\u0388-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u2190-\u22ff\u2500-\u257f]*$/u
const ZERO = /[\p{Mn}\p{Me}\p{Cc}\p{Cf}\u1160-\u11ff\ud7b0-\ud7ff]/u
const EMOJI = /\p{Emoji_Presentation}|\ufe0f|\p{Regional_Indicator}{2}/u
/** East Asian Wide and Fullwidth, by blocks (Unicode TR 11); wide emoji are found by their property. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{20000}-\u{3fffd}]/u

/** Made when it is needed first: that takes longer than to load all that is shown before. */
const segmenter = once(() => new Intl.Segmenter('en', { granularity: 'grapheme' }))

/** What a person takes for one character each. */
export const graphemes = (text: string): string[] =>
  SIMPLE.test(text) ? text.split('') : Array.from(segmenter().segment(text), (part) => part.segment)

/** The boundary before, or after, the character at or around `at`. */
export function graphemeStart(text: string, at: number): number {
  if (at > 0 && at < text.length && SIMPLE.test(text.slice(at - 1, at + 1))) return at
  return segmenter().segment(text).containing(at)?.index ?? 0
}
export function graphemeEnd(text: string, at: number): number {
  if (at >= 0 && at < text.length && SIMPLE.test(text.slice(at, at + 2))) return at + 1
  const part = segmenter().segment(text).containing(at)
  return part ? part.index + part.segment.length : text.length
}

/** Whether each character of a text is one unit and one column wide. */
export const isSimple = (text: string): boolean => SIMPLE.test(text)

/** How many columns a line takes in a terminal. Terminals differ on rare characters; ASCII is always exact. */
export function textWidth(line: string): number {
  if (SIMPLE.test(line)) return line.length
  return graphemes(line).reduce((sum, grapheme) => sum + graphemeWidth(grapheme), 0)
}

export function graphemeWidth(grapheme: string): number {
  if (EMOJI.test(grapheme)) return 2
  let width = 0
  for (const char of grapheme) width += ZERO.test(char) ? 0 : WIDE.test(char) ? 2 : 1
  return width
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
