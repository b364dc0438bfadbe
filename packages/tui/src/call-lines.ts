import type { Call } from '@nacre/client'
import { cleanInline, cleanLine, cleanLines, linesOf } from './clean.js'
import { type Line, line } from './line.js'

const INLINE_CHARS = 160
const VALUE_CHARS = 6000
const RESULT_LINES = 8
const RESULT_CHARS = 300
const PROGRESS_LINES = 3

type Part = Extract<Call['status'], { parts: unknown }>['parts'][number]

/** A call and its arguments, whole up to 6,000 characters a value: what a person is asked to allow. */
export function headerLines(call: Call): Line[] {
  const name = `● ${cleanInline(call.name)}`
  const args = argsOf(call)
  if (args === undefined) return [header(name), ...valueLines(call.argsText)]
  if (Object.keys(args).length === 0) return [header(name)]
  const inline = JSON.stringify(args)
  if (inline.length <= INLINE_CHARS && !inline.includes('\\n')) return [header(`${name} ${cleanLine(inline)}`)]
  return [header(name), ...Object.entries(args).flatMap(([key, value]) => argumentLines(key, value))]
}

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

const header = (text: string) => line(text, 'tool', 2)
const gutter = (text: string) => line(`  │ ${text}`, 'dim', 4)

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

function argumentLines(key: string, value: unknown): Line[] {
  const name = cleanInline(JSON.stringify(key).slice(1, -1))
  const json = JSON.stringify(value)
  if (json.length <= INLINE_CHARS && !json.includes('\\n')) return [line(`  ${name}: ${cleanLine(json)}`, 'tool', 4)]
  return [line(`  ${name}:`, 'tool', 4), ...valueLines(typeof value === 'string' ? value : json)]
}

/** The gutter keeps a value's lines from looking like lines of ours. */
function valueLines(text: string): Line[] {
  if (text.length <= VALUE_CHARS) return linesOf(text).map((value) => gutter(cleanLine(value)))
  const half = VALUE_CHARS / 2
  const left = line(`  … ${text.length - VALUE_CHARS} characters are not shown …`, 'warn', 4)
  return [...valueLines(text.slice(0, half)), left, ...valueLines(text.slice(-half))]
}

function bounded(texts: readonly string[]): Line[] {
  const shown = texts
    .slice(0, RESULT_LINES)
    .map((text) => gutter(text.length > RESULT_CHARS ? `${text.slice(0, RESULT_CHARS)}…` : text))
  const more = texts.length - RESULT_LINES
  return more > 0 ? [...shown, line(`  │ … ${more} more ${more === 1 ? 'line' : 'lines'}`, 'dim', 4)] : shown
}
