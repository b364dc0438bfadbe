import { type Symbol as Named, type Node, ts } from 'ts-morph'
import { ToolgenProblem } from './problem.js'
import type { Bounds, Json } from './shape.js'

/** What a property's docstring says: prose for the model, and tags. */
export type Docstring = {
  readonly description: string
  readonly integer: boolean
  readonly bounds: Bounds
  readonly default?: Json
}

const NUMBERS = ['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems'] as const
const TAGS = ['default', 'integer', ...NUMBERS, 'pattern', 'format']
/** The formats of JSON Schema that Zod checks. */
export const FORMATS = {
  email: 'z.email()',
  uuid: 'z.uuid()',
  uri: 'z.url()',
  date: 'z.iso.date()',
  time: 'z.iso.time()',
  'date-time': 'z.iso.datetime({ offset: true })',
  duration: 'z.iso.duration()',
  ipv4: 'z.ipv4()',
  ipv6: 'z.ipv6()',
} as const
export const isFormat = (name: string): name is keyof typeof FORMATS => Object.hasOwn(FORMATS, name)

/** Reads the docstring of a property. Throws a ToolgenProblem at a tag that says nothing toolgen knows. */
export function docstringOf(property: Named, checker: ts.TypeChecker, at: Node): Docstring {
  const description = prose(ts.displayPartsToString(property.compilerSymbol.getDocumentationComment(checker)))
  const tags = new Map<string, string>()
  for (const tag of property.getJsDocTags()) {
    const name = tag.getName()
    if (!TAGS.includes(name) || tags.has(name)) {
      const known = TAGS.map((known) => `@${known}`).join(' ')
      throw new ToolgenProblem(
        at,
        tags.has(name) ? `@${name} is there twice` : `@${name} would be lost`,
        `one of ${known}`,
      )
    }
    tags.set(name, ts.displayPartsToString(tag.getText()).replaceAll('*\\/', '*/').trim())
  }
  const fallback = tags.get('default')
  return {
    description,
    integer: tags.has('integer'),
    bounds: boundsOf(tags, at),
    ...(fallback !== undefined && { default: parseDefault(fallback, at) }),
  }
}

/** Lines of a paragraph are one line; paragraphs stay apart. What ends a comment is written `*\\/` in one. */
export function prose(text: string): string {
  return text
    .replaceAll('*\\/', '*/')
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\s+/g, ' ').trim())
    .filter((paragraph) => paragraph !== '')
    .join('\n\n')
}

function boundsOf(tags: ReadonlyMap<string, string>, at: Node): Bounds {
  const bounds: { -readonly [K in keyof Bounds]: Bounds[K] } = {}
  for (const name of NUMBERS) {
    const text = tags.get(name)
    if (text === undefined) continue
    const value = Number(text)
    const isLength = name !== 'minimum' && name !== 'maximum'
    if (text === '' || !Number.isFinite(value) || (isLength && !(Number.isInteger(value) && value >= 0)))
      throw new ToolgenProblem(at, `@${name} ${text} is no ${isLength ? 'length' : 'number'}`, `@${name} 1`)
    bounds[name] = value
  }
  const { pattern, format } = { pattern: tags.get('pattern'), format: tags.get('format') }
  if (pattern !== undefined) bounds.pattern = readPattern(pattern, at)
  if (format !== undefined) {
    if (!isFormat(format))
      throw new ToolgenProblem(
        at,
        `@format ${format} is not checked by Zod`,
        `@format ${Object.keys(FORMATS).join(' | ')}`,
      )
    bounds.format = format
  }
  return bounds
}

function readPattern(pattern: string, at: Node): string {
  try {
    if (pattern !== '') return new RegExp(pattern, 'u').source
  } catch {
    // Said below.
  }
  throw new ToolgenProblem(at, `@pattern ${pattern} is no regular expression`, '@pattern ^[a-z]+$ (with the flag u)')
}

function parseDefault(text: string, at: Node): Json {
  try {
    return JSON.parse(text)
  } catch {
    throw new ToolgenProblem(at, `@default ${text} is no JSON`, `@default 1, or @default "text"`)
  }
}
