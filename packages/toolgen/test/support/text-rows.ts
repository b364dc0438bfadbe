import fc from 'fast-check'
import { expect } from 'vitest'
import type { z } from 'zod'
import type { TextShapes } from '../shapes/text.tools.js'
import { type Rows, string, text } from './row.js'

export const texts: Rows<TextShapes> = {
  plainText: [string, text, 7, 'value: expected string, got number'],
  describedText: [
    { type: 'string', description: 'Where to look, in one line.' },
    text,
    null,
    'value: expected string, got null',
  ],
  optionalText: [string, text, ['a'], 'value: expected string, got array'],
  defaultText: [{ type: 'string', default: `a "b" 'c'` }, text, {}, 'value: expected string, got object'],
  boundedText: [
    { type: 'string', minLength: 2, maxLength: 5, description: 'A name.' },
    fc.string({ minLength: 2, maxLength: 5 }),
    'a',
    'value: expected at least 2 characters, got 1',
  ],
  patternText: [
    { type: 'string', pattern: '^[a-z]{2,4}\\/@\\d+$' },
    fc.stringMatching(/^[a-z]{2,4}\/@[0-9]{1,3}$/),
    'ab/@x',
    'value: expected a string that matches /^[a-z]{2,4}\\/@\\d+$/u, got string',
  ],
  mailText: [
    { type: 'string', format: 'email', pattern: expect.any(String) },
    fc.stringMatching(/^[a-z]{1,5}@[a-z]{1,5}\.org$/),
    'nobody',
    'value: expected a string of format email, got string',
  ],
  dayText: [
    { type: 'string', format: 'date', pattern: expect.any(String) },
    fc.integer({ min: 0, max: 20_000 }).map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10)),
    '2026-02-30',
    'value: expected a string of format date, got string',
  ],
  brandedText: [
    string,
    text.map((value) => value as string & z.$brand<'ticket'>),
    1,
    'value: expected string, got number',
  ],
  choice: [
    { type: 'string', enum: ['slow', 'quick', 'a-third'], description: 'How fast' },
    fc.constantFrom('slow', 'quick', 'a-third'),
    'fast',
    'value: expected "slow" or "quick" or "a-third", got "fast"',
  ],
  choiceWithDefault: [
    { type: 'string', enum: ['slow', 'quick', 'a-third'], default: 'quick' },
    fc.constantFrom('slow', 'quick', 'a-third'),
    1,
    'value: expected "slow" or "quick" or "a-third", got number',
  ],
  oneLiteral: [{ type: 'string', const: 'only' }, fc.constant('only'), 'other', 'value: expected "only", got "other"'],
  nullableText: [{ type: ['string', 'null'] }, fc.option(text), 1, 'value: expected string, got number'],
  nullableChoice: [
    { anyOf: [{ type: 'string', enum: ['b', 'a'] }, { type: 'null' }] },
    fc.constantFrom('a', 'b', null),
    'c',
    'value: expected "b" or "a", got "c"',
  ],
}
