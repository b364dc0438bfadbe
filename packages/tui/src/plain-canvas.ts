import type { Canvas } from './canvas.js'
import { type Face, questionFor } from './face.js'
import type { Line } from './line.js'
import { questionLines } from './question.js'
import { paint, type Theme } from './theme.js'

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
      const question = questionFor(face)?.call
      if (question !== undefined && question !== asked) say(questionLines(face))
      asked = question
      return face.out.length === 0 ? face : { ...face, out: [] }
    },
    leave: (face: Face) => say(face.out),
  }
}
