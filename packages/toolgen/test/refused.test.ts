import { runToolgen } from '@nacre/toolgen'
import { expect, it } from 'vitest'
import { place } from './support/place.js'

const property = (type: string, docs = '') => `{\n${docs}\nvalue: ${type} }`

/** The argument's type, what is said of it, what to write instead, and what stands before the class. */
const REFUSED: readonly (readonly [type: string, why: RegExp, mend: RegExp, before?: string])[] = [
  [property('Date'), /value: Date has no JSON/, /string with @format date-time/],
  [property('Map<string, number>'), /value: Map<string, number> has no JSON/, /Record/],
  [property('unknown'), /value: unknown says nothing/, /its type/],
  [property('any'), /value: any is any/, /its type/],
  [property('Missing'), /value: .* is any: .*its import cannot be found/, /its type/],
  [property('object'), /value: object says nothing/, /its properties/],
  [property('{}'), /value: \{\} says nothing/, /its properties/],
  [property('bigint'), /value: bigint has no JSON/, /@integer/],
  [property('undefined'), /value: undefined has no JSON/, /"\?"/],
  ['{ value?: string | undefined }', /value: undefined has no JSON/, /"\?"/],
  [property('never'), /value: never has no value/, /another type/],
  [property('symbol'), /value: symbol says nothing/, /its properties/],
  [property('() => string'), /value: \(\) => string is a function/, /what it would return/],
  ['{ go(): void }', /go: \(\) => void is a function/, /what it would return/],
  [property('[string, number]'), /value: \[string, number\] is a tuple/, /an object that names its parts/],
  [property(`\`a\${string}\``), /value: `a\$\{string\}` is a pattern/, /@pattern/],
  [property('E'), /value: E is an enum/, /'a' \| 'b'/, 'enum E { A = "a", B = "b" }'],
  [property('Thing'), /value: Thing has no JSON/, /an object type/, 'class Thing { a = 1 }'],
  [property('Tree'), /value\.children\[\]: Tree contains itself/, /the depths/, 'type Tree = { children: Tree[] }'],
  [property('{ a: string; [more: string]: string }'), /has both names and any key/, /one more property/],
  [property('Record<number, string>'), /has keys that are no strings/, /Record<string/],
  [property("string & { __brand: 'x' }"), /is branded by something/, /string & z\.\$brand<'name'>/],
  ['string', /_: string is not an object/, /an object with a property/],
  ['readonly string[]', /is not an object/, /an object with a property/],
  [property('string', '/** @integer */'), /value: @integer says nothing of this type/, /is number/],
  [property('string', '/** @minimum 1 */'), /value: @minimum says nothing/, /is number/],
  [property('number', '/** @minLength 1 */'), /value: @minLength says nothing/, /is string/],
  [property('number | { a: number }[] | number[]', '/** @minItems 1 */'), /could be said of 2 parts/, /is array/],
  [property('number', '/** @exclusiveMinimum 1 */'), /@exclusiveMinimum would be lost/, /@minimum/],
  [
    property('number', '/** @minimum 2\n * @maximum 1 */'),
    /nothing is at least 2 and at most 1/,
    /@minimum below @maximum/,
  ],
  [property('number', '/** @minimum one */'), /@minimum one is no number/, /@minimum 1/],
  [property('string', '/** @minLength -1 */'), /@minLength -1 is no length/, /@minLength 1/],
  [property('string', '/** @pattern ( */'), /@pattern \( is no regular expression/, /\^\[a-z\]/],
  [property('string', '/** @format ssn */'), /@format ssn is not checked/, /email/],
  [property('string', '/** @default text */'), /@default text is no JSON/, /@default "text"/],
  [property('string', '/** @default 1 */'), /@default 1 is refused by its own type/, /a value of the type/],
  [property('number', '/** @maximum 3\n * @default 4 */'), /@default 4 is refused/, /a value of the type/],
  ['{\n/** @default "a" */\nvalue?: string }', /has @default "a", so the method always gets it/, /value without "\?"/],
  ['{ /** Not read. */ value: string }', /TypeScript does not read the docstring of value/, /a line of its own/],
  ['{ __proto__: string }', /__proto__ is no name/, /another name/],
]

it('a type that has no schema without loss is refused by file and line, with what to write instead', () => {
  const at = place()
  const files = REFUSED.map(([type, , , before], index) => at.tools(`t${index}`, type, { before }))
  const { ok, lines } = runToolgen(files, { check: false })
  expect(ok).toBe(false)
  expect(lines.length).toBe(REFUSED.length)
  for (const [index, [type, why, mend]] of REFUSED.entries()) {
    const [said, instead, ...more] = lines[index]?.split('\n') ?? []
    expect(said, type).toMatch(new RegExp(`t${index}\\.tools\\.ts:\\d+: .*${why.source}`))
    expect(instead, type).toMatch(new RegExp(`^  write instead: .*${mend.source}`))
    expect(more).toEqual([])
  }
  expect(at.files().filter((name) => name.endsWith('.gen.ts'))).toEqual([])
})

it('names the line of the property, not of the method', () => {
  const at = place()
  const file = at.tools('deep', '{\n  a: string\n  b: {\n    c: Date\n  }\n}')
  const wanted =
    at
      .read('deep.tools.ts')
      .split('\n')
      .findIndex((line) => line.includes('c: Date')) + 1
  expect(runToolgen([file], { check: true }).lines[0]).toContain(`deep.tools.ts:${wanted}: b.c: Date has no JSON`)
})

it.each([
  [
    'without a docstring',
    'class A { @tool({ schema: goSchema }) async go(_: { a: string }) {} }',
    /go has no docstring/,
  ],
  [
    'with another schema',
    'class A { \n/** Goes. */ @tool({ schema: otherSchema }) async go(_: { a: string }) {} }',
    /does not name its own schema\n.*goSchema/,
  ],
  [
    'with a type parameter',
    'class A { \n/** Goes. */ @tool({ schema: goSchema }) async go<T>(_: { a: T }) {} }',
    /no single type/,
  ],
  [
    'whose argument may be missing',
    'class A { \n/** Goes. */ @tool({ schema: goSchema }) async go(_?: { a: string }) {} }',
    /may be missing/,
  ],
  [
    'that is there twice',
    'class A { \n/** Goes. */ @tool({ schema: goSchema }) async go() {} }\nclass B { \n/** Goes. */ @tool({ schema: goSchema }) async go() {} }',
    /two methods of this file are called go/,
  ],
  ['that is not there', 'class A { async go() {} }', /has no method with @tool/],
])('a method %s is refused', (_, code, words) => {
  const at = place()
  expect(runToolgen([at.write('a.tools.ts', code)], { check: true })).toMatchObject({
    ok: false,
    lines: [expect.stringMatching(words)],
  })
})
