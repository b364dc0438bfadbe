import fc from 'fast-check'
import type { ObjectShapes } from '../shapes/object.tools.js'
import { named, number, object, type Rows, safe, string, text, whole } from './row.js'

export const objects: Rows<Omit<ObjectShapes, 'noArguments'>> = {
  nested: [
    object({ deep: object({ er: string }), next: object({ a: { type: 'number' } }) }, ['deep']),
    fc.record({ deep: fc.record({ er: text }), next: fc.record({ a: number }) }, { requiredKeys: ['deep'] }),
    { deep: { er: 1 } },
    'value.deep.er: expected string, got number',
  ],
  inherited: [
    object({ age: { type: 'integer', ...safe }, name: { type: 'string', description: 'Its name' } }),
    fc.record({ name: text, age: whole }),
    { name: 'a' },
    'value.age: expected number, got nothing',
  ],
  intersection: [
    object({ name: { type: 'string', description: 'Its name' }, tag: string }, ['name']),
    fc.record({ name: text, tag: text }, { requiredKeys: ['name'] }),
    { name: 'a', tag: null },
    'value.tag: expected string, got null',
  ],
  picked: [
    object({ a: string, b: { type: 'number' } }, ['b', 'a']),
    fc.record({ a: text, b: number }),
    { a: 'x', b: 1, c: true },
    'value: "c" is not an argument, did you mean "b"?',
  ],
  partial: [
    object({ a: string, b: { type: 'number' } }, []),
    fc.record({ a: text, b: number }, { requiredKeys: [] }),
    { a: 1 },
    'value.a: expected string, got number',
  ],
  keyed: [
    object({ x: { type: 'number' }, y: { type: 'number' } }),
    fc.record({ x: number, y: number }),
    { x: 1 },
    'value.y: expected number, got nothing',
  ],
  textOrNumber: [
    { type: ['number', 'string'] },
    fc.oneof(text, number),
    true,
    'value: expected number, got boolean, or expected string, got boolean',
  ],
  tagged: [
    {
      anyOf: [
        object({ type: { type: 'string', const: 'circle' }, radius: { type: 'number' } }),
        object({ type: { type: 'string', const: 'square' }, side: { type: 'number' } }),
      ],
    },
    fc.oneof(
      fc.record({ type: fc.constant('circle'), radius: number }),
      fc.record({ type: fc.constant('square'), side: number }),
    ),
    { type: 'circle', radius: '1' },
    'value: radius: expected number, got string',
  ],
  objectOrText: [
    { anyOf: [{ anyOf: [named, string] }, { type: 'null' }] },
    fc.oneof(text, fc.record({ name: text }), fc.constant(null)),
    1,
    'value: expected object, got number, or expected string, got number',
  ],
  quotedKey: [
    object({ 'a-b': string, $c: { type: 'number' } }),
    fc.record({ 'a-b': text, $c: number }),
    { 'a-b': 'x' },
    'value.$c: expected number, got nothing',
  ],
  defaultObject: [
    { ...named, default: { name: 'x' } },
    fc.record({ name: text }),
    { name: 1 },
    'value.name: expected string, got number',
  ],
}
