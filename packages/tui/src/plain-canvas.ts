import type { Call } from '@nacre/client'
import type { Canvas } from './canvas.js'
import type { Line } from './drawn/line.js'
import { paint, type Theme } from './drawn/theme.js'
import { type Face, questionFor } from './face.js'
import { questionLines } from './question.js'
import { callEntry } from './said/call-entry.js'
import { NOT_BEGUN } from './said/entry.js'

/**
 * A face without cursor movement, for pipes, screen readers and dumb terminals: what is final is written, line by line;
 * what asks is written once.
 */
export function plainCanvas(write: (text: string) => void, theme: Theme): Canvas {
  let asked: string | undefined
  const say = (lines: readonly Line[]) => {
    if (lines.length > 0) write(lines.map((said) => `${paint(said, theme)}\n`).join(''))
  }
  return {
    draw(face) {
      say(face.out)
      const call = questionFor(face)
      if (call && call.call !== asked) say([...askedLines(face, call), ...questionLines(face)])
      asked = call?.call
      return face.out.length === 0 ? face : { ...face, out: [] }
    },
    leave: (face: Face) => say(face.out),
  }
}

/** What a person is asked about, as far as it was not printed: it is printed with its result, and nothing stands below. */
function askedLines({ paper: { begun } }: Face, call: Call): readonly Line[] {
  const printed = begun.type === 'called' && begun.call.call === call.call
  const { lines, tail } = callEntry(call, undefined, printed ? begun : NOT_BEGUN)
  return [...lines, ...tail]
}
