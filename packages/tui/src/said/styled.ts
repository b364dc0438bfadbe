import type { Mark } from '../drawn/line.js'
import type { Style } from '../drawn/theme.js'

/** A text and the styles of its stretches. */
export type Styled = { readonly text: string; readonly marks: readonly Mark[] }

export const styled = (text: string, ...styles: readonly Style[]): Styled => ({
  text,
  marks: text === '' ? [] : styles.map((style) => ({ from: 0, to: text.length, style })),
})

export function joined(parts: readonly Styled[]): Styled {
  let text = ''
  const marks: Mark[] = []
  for (const part of parts) {
    for (const mark of part.marks)
      marks.push({ style: mark.style, from: mark.from + text.length, to: mark.to + text.length })
    text += part.text
  }
  return { text, marks }
}

/** Without spaces at its end. */
export function trimmed({ text, marks }: Styled): Styled {
  const shown = text.trimEnd()
  const within = marks.filter(({ from }) => from < shown.length)
  return { text: shown, marks: within.map((mark) => ({ ...mark, to: Math.min(mark.to, shown.length) })) }
}
