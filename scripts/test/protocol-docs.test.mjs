import assert from 'node:assert/strict'
import { test } from 'node:test'
import { argumentsOf, filled } from '../lib/filled.mjs'
import { accepted } from '../lib/frame-schema.mjs'

const PAGE =
  'Before.\n\n<!-- made: list a b -->\nold\n<!-- /made -->\n\nBetween.\n\n<!-- made: list c -->\n<!-- /made -->\n'
const list = (...names) => names.map((name) => `- ${name}`)

test('what is made stands between its marks, what people wrote stays, and twice is once', () => {
  const once = filled(PAGE, { list })
  assert.match(once, /^Before\.\n\n<!-- made: list a b -->\n\n- a\n- b\n\n<!-- \/made -->\n\nBetween\.\n/)
  assert.equal(filled(once, { list }), once)
  assert.deepEqual(argumentsOf(once, 'list'), ['a', 'b', 'c'])
})

test('a part that nothing makes is refused, and one without an end, which would swallow what people wrote', () => {
  assert.throws(() => filled('<!-- made: gone -->\n<!-- /made -->', { list }), /"gone"/)
  assert.throws(() => filled(PAGE.replace('<!-- /made -->', ''), { list }), /"list a b" has no end/)
})

test('a bound that a schema has and the page has no words for is an error', () => {
  const schema = (rule) => ({
    toJSONSchema: () => ({ oneOf: [{ properties: { type: { const: 'ask' }, payload: { properties: { a: rule } } } }] }),
  })
  const takes = (rule) => accepted(schema(rule)).get('ask').takes('a')
  assert.equal(takes({ type: 'integer', minimum: 1, maximum: 9 }), '1–9')
  assert.equal(takes({ type: 'string', maxLength: 9, description: 'not blank' }), '0–9 characters; not blank')
  assert.throws(() => takes({ type: 'string', format: 'email' }), /format/)
  assert.throws(() => takes({ type: 'object', properties: {} }), /properties/)
})
