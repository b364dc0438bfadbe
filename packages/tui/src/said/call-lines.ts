import type { Call } from '@nacre/client'
import { type Line, line } from '../drawn/line.js'
import { callLines, gutter } from './call-args.js'
import { cleanLines } from './clean.js'

const RESULT_LINES = 8
const RESULT_CHARS = 300
const PROGRESS_LINES = 3

type Part = Extract<Call['status'], { parts: unknown }>['parts'][number]

/** A call and its arguments. */
export const headerLines = (call: Call): Line[] => callLines(call.name, argsOf(call), call.argsText)

/** What came of a finished call: its output, bounded, and its outcome where that is not simply success. */
export function resultLines(call: Call): Line[] {
  if (call.status.type !== 'finished') return []
  const { outcome, parts } = call.status
  const output = bounded(
    cleanLines(parts.map(partText).join('\n').trimEnd()).filter((text, index) => index > 0 || text !== ''),
  )
  switch (outcome) {
    case 'ok':
      return output.length > 0 ? output : [line('  ✓ done', 'dim', 4)]
    case 'error':
      return [...output, line('  ✗ failed', 'error', 4)]
    case 'denied':
      return [...output, line('  ✗ denied: it was not run', 'warn', 4)]
    case 'interrupted':
      return [...output, line('  ✗ interrupted', 'warn', 4)]
    case 'unknown':
      return [...output, line('  ? it was started, and nobody can tell whether it happened', 'warn', 4)]
    default:
      return outcome satisfies never
  }
}

/** What a call that is being run says at the moment. */
export function progressLines(progress: string | undefined): Line[] {
  const last = cleanLines((progress ?? '').trimEnd())
    .slice(-PROGRESS_LINES)
    .filter((text) => text !== '')
  return [...last.map((text) => gutter(text.slice(0, RESULT_CHARS))), line('  … running', 'dim', 4)]
}

/** What people or tools said, as text; of a blob its preview. */
export const partText = (part: Part): string =>
  part.type === 'text' ? part.text : `${part.preview}\n[${part.mediaType}, ${part.sizeBytes} bytes]`

function argsOf(call: Call): NonNullable<Call['args']> | undefined {
  if (call.args) return call.args
  try {
    const parsed: unknown = JSON.parse(call.argsText || '{}')
    return isArgs(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

const isArgs = (value: unknown): value is NonNullable<Call['args']> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function bounded(texts: readonly string[]): Line[] {
  const shown = texts
    .slice(0, RESULT_LINES)
    .map((text) => gutter(text.length > RESULT_CHARS ? `${text.slice(0, RESULT_CHARS)}…` : text))
  const more = texts.length - RESULT_LINES
  return more > 0 ? [...shown, line(`  │ … ${more} more ${more === 1 ? 'line' : 'lines'}`, 'dim', 4)] : shown
}
