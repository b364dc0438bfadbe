import { Fault } from '@nacre/types'
import { type Tags, type TagValue, tagValue } from './tags.js'

/** What a provider must be, or had better be. */
export type Condition =
  | { readonly key: string; readonly op: 'exists' }
  | { readonly key: string; readonly op: '=' | '!=' | '>=' | '<='; readonly value: TagValue }
  | { readonly key: string; readonly op: 'in' | 'not in'; readonly values: readonly TagValue[] }

/** `eu`, `security=high`, `security>=medium`, `context>=200000`, `jurisdiction in eu,ch`, `vendor not in a,b`. */
export function parseCondition(text: string): Condition {
  const [, key = '', sign, value, word, list] = CONDITION.exec(text.trim()) ?? []
  if (key === '' || key === 'in' || key === 'not') throw noCondition(text)
  const op = SIGNS.find((one) => one === sign)
  if (op !== undefined && value !== undefined) return { key, op, value: tagValue(value) }
  if (word === undefined || list === undefined) return { key, op: 'exists' }
  const values = list.split(',').map((one) => one.trim())
  if (values.includes('')) throw noCondition(text)
  return { key, op: word === 'in' ? 'in' : 'not in', values: values.map(tagValue) }
}
const SIGNS = ['=', '!=', '>=', '<='] as const
const CONDITION =
  /^([a-z][a-z0-9_-]{0,63})(?:\s*(=|!=|>=|<=)\s*([^=<>!,\s][^=<>!,]{0,63})|\s+(in|not in)\s+([^=<>!]{1,256}))?$/

const noCondition = (text: string) =>
  new Fault('invalid_input', `'${text}' is no condition on tags.`, {
    mend: 'Write it like eu, security=high, security>=medium, context>=200000 or jurisdiction in eu,ch.',
  })

/** The text that `parseCondition` reads as this condition. */
export function conditionText(condition: Condition): string {
  if (condition.op === 'exists') return condition.key
  if ('values' in condition) return `${condition.key} ${condition.op} ${condition.values.join(',')}`
  return `${condition.key}${condition.op}${condition.value}`
}

/** Whether tags meet a condition. A tag that is not there is unlike every value, and neither more nor less than one. */
export function meets(tags: Tags, condition: Condition): boolean {
  const tag = Object.hasOwn(tags, condition.key) ? tags[condition.key] : undefined
  switch (condition.op) {
    case 'exists':
      return tag !== undefined && tag !== false
    case '=':
      return tag === condition.value
    case '!=':
      return tag !== condition.value
    case 'in':
      return tag !== undefined && condition.values.includes(tag)
    case 'not in':
      return tag === undefined || !condition.values.includes(tag)
    case '>=':
      return compare(tag, condition.value, (a, b) => a >= b)
    case '<=':
      return compare(tag, condition.value, (a, b) => a <= b)
  }
}

const LEVELS: readonly unknown[] = ['low', 'medium', 'high']

/** Numbers, or the levels low, medium, high; anything else cannot be compared. */
function compare(tag: TagValue | undefined, value: TagValue, holds: (a: number, b: number) => boolean): boolean {
  if (typeof tag === 'number' && typeof value === 'number') return holds(tag, value)
  const [a, b] = [LEVELS.indexOf(tag), LEVELS.indexOf(value)]
  return a >= 0 && b >= 0 && holds(a, b)
}
