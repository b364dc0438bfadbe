import { cutHead, nearest } from '@nacre/kit'
import type { z } from 'zod'

const PROBLEMS = 8
const PROBLEM_BYTES = 400
const SHOWN_CHARS = 40

/** What zod found, one line a problem: `path: expected string, got number`. */
export function problemsOf(error: z.core.$ZodError): readonly string[] {
  const lines = error.issues.map((issue) => cutHead(`${pathOf(issue.path)}${issue.message}`, PROBLEM_BYTES))
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
      return `expected ${issue.expected}, got ${kindOf(issue.input)}`
    case 'invalid_value':
      return `expected ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}, got ${shown(issue.input)}`
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, validKeys(issue.inst))).join('; ')
    case 'too_small':
      return `expected ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue.origin)}, got ${amountOf(issue.input)}`
    case 'too_big':
      return `expected ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unitOf(issue.origin)}, got ${amountOf(issue.input)}`
    case 'invalid_union':
      return unionWords(issue.errors, issue.input)
    default:
      return undefined
  }
}

function pathOf(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
  return text === '' ? '' : `${text.replace(/^\./, '')}: `
}

function kindOf(input: unknown): string {
  if (input === undefined) return 'nothing'
  if (input === null) return 'null'
  return Array.isArray(input) ? 'array' : typeof input
}

function shown(input: unknown): string {
  return typeof input === 'string' && input.length <= SHOWN_CHARS ? JSON.stringify(input) : kindOf(input)
}

function amountOf(input: unknown): string {
  if (typeof input === 'number') return String(input)
  return typeof input === 'string' || Array.isArray(input) ? String(input.length) : kindOf(input)
}

const unitOf = (origin: string) => (origin === 'string' ? ' characters' : origin === 'array' ? ' items' : '')

function unknownKey(key: string, valid: readonly string[]): string {
  const named = JSON.stringify(key.slice(0, SHOWN_CHARS))
  const [near] = nearest(key, valid)
  if (near !== undefined) return `${named} is not an argument, did you mean "${near}"?`
  return `${named} is not an argument, ${valid.length === 0 ? 'there are none here' : `these are: ${valid.join(', ')}`}`
}

function validKeys(schema: z.core.$ZodRawIssue['inst']): readonly string[] {
  const shape: unknown = schema && 'shape' in schema._zod.def ? schema._zod.def.shape : undefined
  return typeof shape === 'object' && shape !== null ? Object.keys(shape) : []
}

function unionWords(errors: readonly (readonly z.core.$ZodIssue[])[], input: unknown): string {
  const forms = errors.flatMap((issues) => issues.slice(0, 1)).map((issue) => `${pathOf(issue.path)}${issue.message}`)
  return forms.length === 0 ? `fits none of the forms, got ${kindOf(input)}` : [...new Set(forms)].join(', or ')
}
