import type { Call } from '@nacre/client'
import { type Line, line } from '../drawn/line.js'
import { cleanInline, cleanLine, cleanLines, linesOf } from './clean.js'
import { diffOf } from './diff.js'

type Args = NonNullable<Call['args']>

const INLINE_CHARS = 160
const VALUE_CHARS = 6000
const SIGNS = { same: ' ', removed: '-', added: '+' } as const

/**
 * A call by its name and its arguments, whole up to 6,000 characters a value: it is what a person is asked to allow. A
 * command reads as one, and a change of a file as its lines that go and come; what else is among the arguments follows.
 */
export function callLines(name: string, args: Args | undefined, argsText: string): Line[] {
  const title = `● ${cleanInline(name)}`
  if (args === undefined) return [header(title), ...valueLines(argsText)]
  return commandLines(title, name, args) ?? changeLines(title, name, args) ?? plainLines(title, args)
}

const header = (text: string) => line(text, 'tool', 2)
export const gutter = (text: string): Line => line(`  │ ${text}`, 'dim', 4)

function plainLines(title: string, args: Args): Line[] {
  if (Object.keys(args).length === 0) return [header(title)]
  const inline = JSON.stringify(args)
  if (isShort(inline)) return [header(`${title} ${cleanLine(inline)}`)]
  return [header(title), ...argumentLines(args)]
}

function commandLines(title: string, name: string, { command, ...rest }: Args): Line[] | undefined {
  if (name !== 'shell_exec' || typeof command !== 'string') return undefined
  const texts = linesOf(command)
  // With many spaces in it, it could be wrapped so that it looks like lines of ours.
  if (texts.length === 1 && command.length <= INLINE_CHARS && !command.includes('   '))
    return [header(`${title} $ ${cleanLine(command)}`), ...argumentLines(rest)]
  const shown = valueLines(command).map((one, index) =>
    index === 0 ? { ...one, text: one.text.replace('│ ', '│ $ ') } : one,
  )
  return [header(title), ...shown, ...argumentLines(rest)]
}

function changeLines(title: string, name: string, { path, ...args }: Args): Line[] | undefined {
  if (typeof path !== 'string') return undefined
  const head = header(`${title} ${cleanLine(JSON.stringify(path))}`)
  const { old_text: before, new_text: after, content, ...rest } = args
  if (name === 'file_edit' && typeof before === 'string' && typeof after === 'string' && content === undefined) {
    if (Math.max(before.length, after.length) > VALUE_CHARS) return undefined
    const changed = diffOf(before, after).flatMap(({ type, text }) => signed(type, text))
    return [head, ...changed, ...argumentLines(rest)]
  }
  if (name !== 'file_write' || typeof content !== 'string' || before !== undefined || after !== undefined)
    return undefined
  return [head, ...cut(content, (text) => linesOf(text).flatMap((one) => signed('added', one))), ...argumentLines(rest)]
}

/** A line of a file with its sign. One that would move the cursor takes several rows, each with the sign. */
const signed = (type: keyof typeof SIGNS, text: string): Line[] =>
  cleanLines(text.replace(/\r$/u, '')).map((one) => {
    const shown = line(`  ${SIGNS[type]} ${one}`, type === 'same' ? 'dim' : 'plain', 4)
    return type === 'same' ? shown : { ...shown, marks: [{ from: 2, to: shown.text.length, style: type }] }
  })

const isShort = (json: string): boolean => json.length <= INLINE_CHARS && !json.includes('\\n')

const argumentLines = (args: Args): Line[] =>
  Object.entries(args).flatMap(([key, value]) => {
    const name = cleanInline(JSON.stringify(key).slice(1, -1))
    const json = JSON.stringify(value)
    if (isShort(json)) return [line(`  ${name}: ${cleanLine(json)}`, 'tool', 4)]
    return [line(`  ${name}:`, 'tool', 4), ...valueLines(typeof value === 'string' ? value : json)]
  })

/** The gutter keeps a value's lines from looking like lines of ours. */
const valueLines = (text: string): Line[] => cut(text, (part) => linesOf(part).map((value) => gutter(cleanLine(value))))

/** The lines of a text, or of its beginning and its end with a word of what is between them. */
function cut(text: string, shown: (part: string) => Line[]): Line[] {
  if (text.length <= VALUE_CHARS) return shown(text)
  const half = VALUE_CHARS / 2
  const left = line(`  … ${text.length - VALUE_CHARS} characters are not shown …`, 'warn', 4)
  return [...shown(text.slice(0, half)), left, ...shown(text.slice(-half))]
}
