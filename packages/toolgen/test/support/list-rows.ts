import fc from 'fast-check'
import type { ListShapes } from '../shapes/list.tools.js'
import { keys, line, lines, number, type Rows, safe, string, text } from './row.js'

export const lists: Rows<ListShapes> = {
  texts: [{ type: 'array', items: string }, fc.array(text), 'a', 'value: expected array, got string'],
  boundedTexts: [
    { type: 'array', minItems: 1, maxItems: 3, items: { type: 'string', minLength: 2 } },
    fc.array(fc.string({ minLength: 2 }), { minLength: 1, maxLength: 3 }),
    [],
    'value: expected at least 1 items, got 0',
  ],
  integers: [
    { type: 'array', items: { type: 'integer', minimum: 0, maximum: safe.maximum }, default: [1, 2] },
    fc.array(fc.nat()),
    [1, -1],
    'value[1]: expected at least 0, got -1',
  ],
  lines: [{ type: 'array', items: line }, fc.array(lines), [{ to: 1 }], 'value[0].from: expected number, got nothing'],
  grid: [
    { type: 'array', items: { type: 'array', items: { type: 'number' } } },
    fc.array(fc.array(number)),
    [[1], ['x']],
    'value[1][0]: expected number, got string',
  ],
  choices: [
    { type: 'array', items: { type: 'string', enum: ['red', 'green'] } },
    fc.array(fc.constantFrom('red', 'green')),
    ['blue'],
    'value[0]: expected "red" or "green", got "blue"',
  ],
  nullableList: [
    { anyOf: [{ type: 'array', items: { type: ['string', 'null'] } }, { type: 'null' }] },
    fc.option(fc.array(fc.option(text))),
    [1],
    'value[0]: expected string, got number',
  ],
  counts: [
    { type: 'object', propertyNames: string, additionalProperties: { type: 'number' }, description: 'How often' },
    fc.dictionary(keys, number),
    { a: 'x' },
    'value.a: expected number, got string',
  ],
  namedLines: [
    { type: 'object', propertyNames: string, additionalProperties: line },
    fc.dictionary(keys, lines),
    { a: { from: 1, form: 2 } },
    'value.a: "form" is not an argument, did you mean "from"?',
  ],
  listsByName: [
    { type: 'object', propertyNames: string, additionalProperties: { type: 'array', items: string } },
    fc.dictionary(keys, fc.array(text)),
    [],
    'value: expected record, got array',
  ],
}
