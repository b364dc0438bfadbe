import fc from 'fast-check'

/** What the schema says of `value`, values of its type (judged by the compiler), one value that is not, and what is said of it. */
export type Row<V> = readonly [said: object, values: fc.Arbitrary<V>, wrong: unknown, problem: string]
export type Rows<C> = {
  readonly [K in keyof C]: C[K] extends (input: infer I) => unknown
    ? I extends { value?: infer V }
      ? Row<V>
      : never
    : never
}

export const text = fc.string({ maxLength: 8 })
export const number = fc.double({ noNaN: true, noDefaultInfinity: true })
export const whole = fc.maxSafeInteger()
export const safe = { minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }
export const object = (properties: object, required: readonly string[] = Object.keys(properties)) => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
  additionalProperties: false,
})
export const string = { type: 'string' }
export const named = object({ name: { type: 'string', description: 'Its name' } })
export const line = object({ from: { type: 'number' }, to: { type: 'number' } }, ['from'])
export const lines = fc.record({ from: number, to: number }, { requiredKeys: ['from'] })
export const keys = fc.stringMatching(/^[a-z]{1,4}$/)
