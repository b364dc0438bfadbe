import { codeOf } from './tree.mjs'

const WARN_LINES = 300
const MAX_LINES = 500

/** A file that grows past what a reader holds in mind has more than one idea in it. */
export function fileLength(tree) {
  return codeOf(tree).flatMap(({ path, text }) => {
    const lines = text.trimEnd().split('\n').length
    if (lines > MAX_LINES)
      return [{ path, message: `${lines} lines, at most ${MAX_LINES}: split where a second idea begins` }]
    if (lines > WARN_LINES) return [{ path, warning: true, message: `${lines} lines, more than ${WARN_LINES}` }]
    return []
  })
}
