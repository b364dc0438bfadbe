import type { ToolResultPart } from '@nacre/types'
import { contentText } from './encode.js'

const LINES = 5
const LINE_CHARS = 200

/** What the offline model says about the results of the tools that it called. */
export function reportResults(results: readonly ToolResultPart[]): string {
  const failed = results.filter((result) => result.isError).length
  const calls = results.length === 1 ? '1 tool call' : `${results.length} tool calls`
  const head = failed === 0 ? `Done: ${calls}.` : `${calls}, ${failed} of them without success.`
  return [head, ...results.map(report)].join('\n\n')
}

function report(result: ToolResultPart): string {
  const text = contentText(result.parts).trim()
  const lines = text === '' ? [] : text.split('\n')
  const first = clip(lines[0] ?? 'without a word')
  if (result.isError && /\bden(?:y|ied)\b|not allow/i.test(text))
    return `${result.name} was denied, so it was not done: ${first}`
  if (result.isError) return `${result.name} failed: ${first}`
  if (lines.length === 0) return `${result.name} worked and gave nothing back.`
  const size = `${lines.length} ${lines.length === 1 ? 'line' : 'lines'}, ${text.length} characters`
  const shown = lines.slice(0, LINES).map((line) => `    ${clip(line)}`)
  const more = lines.length > LINES ? [`    … and ${lines.length - LINES} more`] : []
  return [`${result.name} gave back ${size}:`, ...shown, ...more].join('\n')
}

const clip = (line: string) => (line.length > LINE_CHARS ? `${line.slice(0, LINE_CHARS - 1)}…`.toWellFormed() : line)
