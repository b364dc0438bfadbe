import fc from 'fast-check'
import type { z } from 'zod'
import type { NumberShapes } from '../shapes/number.tools.js'
import { number, type Rows, safe, whole } from './row.js'

export const numbers: Rows<NumberShapes> = {
  plainNumber: [{ type: 'number' }, number, '1', 'value: expected number, got string'],
  boundedNumber: [
    { type: 'number', minimum: -1.5, maximum: 1.5 },
    fc.double({ noNaN: true, min: -1.5, max: 1.5 }),
    2,
    'value: expected at most 1.5, got 2',
  ],
  integer: [{ type: 'integer', ...safe }, whole, 1.5, 'value: expected integer, got a fraction'],
  boundedInteger: [
    { type: 'integer', minimum: 1, maximum: 9, default: 3, description: 'How many.' },
    fc.integer({ min: 1, max: 9 }),
    0,
    'value: expected at least 1, got 0',
  ],
  brandedInteger: [
    { type: 'integer', ...safe },
    whole.map((value) => value as number & z.$brand<'integer'>),
    'one',
    'value: expected number, got string',
  ],
  brandedNumber: [
    { type: 'number', minimum: 0 },
    fc.double({ noNaN: true, min: 0, max: 1 }).map((value) => value as number & z.$brand<'ratio'>),
    -1,
    'value: expected at least 0, got -1',
  ],
  numberChoice: [
    { type: 'number', enum: [3, 1, 2] },
    fc.constantFrom(1, 2, 3),
    4,
    'value: expected 3 or 1 or 2, got number',
  ],
  mixedChoice: [
    { enum: ['auto', 1, true] },
    fc.constantFrom<'auto' | 1 | true>('auto', 1, true),
    false,
    'value: expected "auto" or 1 or true, got boolean',
  ],
  flag: [{ type: 'boolean', default: false }, fc.boolean(), 'yes', 'value: expected boolean, got string'],
  optionalFlag: [{ type: 'boolean' }, fc.boolean(), null, 'value: expected boolean, got null'],
  yes: [{ type: 'boolean', const: true }, fc.constant(true), false, 'value: expected true, got boolean'],
  nothing: [{ type: 'null' }, fc.constant(null), 0, 'value: expected null, got number'],
}
