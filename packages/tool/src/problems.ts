import { cutHead, nearest } from '@nacre/kit'
import type { z } from 'zod'

const PROBLEMS = 8
const PROBLEM_BYTES = 400
const SHOWN_CHARS = 40

/** What zod found, one line a problem: `path: expected string, got number`. */
export function problemsOf(error: z.core.$ZodError): readonly string[] {
  return fewProblems(error.issues.map((issue) => `${pathOf(issue.path)}${issue.message}`))
}

/** At most eight of them, each at most 400 bytes long, and how many more there are. */
export function fewProblems(problems: readonly string[]): readonly string[] {
  const lines = problems.map((line) => cutHead(line, PROBLEM_BYTES))
  if (lines.length <= PROBLEMS) return lines
  return [...lines.slice(0, PROBLEMS), `and ${lines.length - PROBLEMS} more`]
}

/**
 * Zod's error map for one parse: words for what has none of its author's. It says what came by type, since a value
 * may be a secret; a short text is shown only where one of a few was expected.
 */
export function wordsFor(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return typeWords(issue.expected === 'int' ? 'integer' : issue.expected, issue.input)
    case 'invalid_value':
      return `expected ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}, got ${shown(issue.input)}`
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKeyWords(key, validKeys(issue.inst))).join('; ')
    case 'too_small':
      return `expected ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue.origin)}, got ${amountOf(issue.input)}`
    case 'too_big':
      return `expected ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unitOf(issue.origin)}, got ${amountOf(issue.input)}`
    case 'invalid_format':
      return `expected ${formatWords(issue.format, issue.pattern)}, got ${kindOf(issue.input)}`
    case 'invalid_union':
      return unionWords(issue.errors, issue.input)
    default:
      return undefined
  }
}

function formatWords(format: string, pattern: string | undefined): string {
  return format === 'regex' && pattern !== undefined
    ? `a string that matches ${pattern}`
    : `a string of format ${format}`
}

export function pathOf(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
  return text === '' ? '' : `${text.replace(/^\./, '')}: `
}

export function typeWords(expected: string, input: unknown): string {
  const isFraction = expected === 'integer' && typeof input === 'number' && Number.isFinite(input)
  return `expected ${expected}, got ${isFraction ? 'a fraction' : kindOf(input)}`
}

/** What came, in a word: its type, or Infinity, which JSON.parse makes of 1e999. */
export function kindOf(input: unknown): string {
  if (input === undefined) return 'nothing'
  if (input === null) return 'null'
  if (typeof input === 'number' && !Number.isInteger(input))
    return Number.isFinite(input) ? 'a fraction' : String(input)
  return Array.isArray(input) ? 'array' : typeof input
}

export function shown(input: unknown): string {
  return typeof input === 'string' && input.length <= SHOWN_CHARS ? JSON.stringify(input) : kindOf(input)
}

export function amountOf(input: unknown): string {
  if (typeof input === 'number') return String(input)
  return typeof input === 'string' || Array.isArray(input) ? String(input.length) : kindOf(input)
}

export const unitOf = (origin: string) => (origin === 'string' ? ' characters' : origin === 'array' ? ' items' : '')

export function unknownKeyWords(key: string, valid: readonly string[]): string {
  const named = JSON.stringify(key.slice(0, SHOWN_CHARS))
  const [near] = nearest(key, valid)
  if (near !== undefined) return `${named} is not an argument, did you mean "${near}"?`
  return `${named} is not an argument, ${valid.length === 0 ? 'there are none here' : `these are: ${valid.join(', ')}`}`
}

function validKeys(schema: z.core.$ZodRawIssue['inst']): readonly string[] {
  const shape: unknown = schema && 'shape' in schema._zod.def ? schema._zod.def.shape : undefined
  return typeof shape === 'object' && shape !== null ? Object.keys(shape) : []
}

type Issues = readonly z.core.$ZodIssue[]

/** The first problem of each form that was meant: one whose tag is another was not, if there is one whose tag fits. */
function unionWords(errors: readonly Issues[], input: unknown): string {
  const meant = errors.filter((issues) => !issues.some(isOtherTag))
  const forms = (meant.length > 0 ? meant : errors).flatMap((issues) => issues.slice(0, 1))
  const words = forms.map((issue) => `${pathOf(issue.path)}${issue.message}`)
  return words.length === 0 ? `fits none of the forms, got ${kindOf(input)}` : [...new Set(words)].join(', or ')
}

const isOtherTag = ({ code, path }: z.core.$ZodIssue) => code === 'invalid_value' && path.length === 1
