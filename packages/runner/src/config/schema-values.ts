import { parseCondition, tagsOf } from '@nacre/providers/routing'
import { z } from 'zod'

/**
 * What the messages say of a key: what it takes, whether its value may be shown, which values come later. `until judged`:
 * what is not taken is not shown, since it may be a secret in the wrong place.
 */
export type Words = {
  readonly expected: string
  readonly secret?: true | 'until judged'
  readonly notYet?: readonly string[]
}
export const words = z.registry<Words>()

const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/
const HEADER_VALUE = /^[\x20-\x7e]{0,4096}$/
export const PATH_CHARACTERS = 4096
const DAY_MS = 86_400_000

export const whole = (min: number, max: number) =>
  z
    .int()
    .min(min)
    .max(max)
    .register(words, { expected: `a whole number from ${min} to ${max}` })
export const flag = () => z.boolean().register(words, { expected: 'true or false' })
export const choice = <const T extends readonly [string, ...string[]]>(values: T, notYet: readonly string[] = []) =>
  z.enum(values).register(words, { expected: `one of ${values.map((value) => `"${value}"`).join(', ')}`, notYet })
export const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .register(words, { expected: `a text of 1 to ${max} characters` })
export const path = () =>
  z
    .string()
    .min(1)
    .max(PATH_CHARACTERS)
    .refine((value) => !value.includes('\0'))
    .register(words, { expected: 'a path' })
export const secret = () =>
  z
    .string()
    .regex(/^[\x21-\x7e]{1,4096}$/)
    .register(words, { expected: 'a text without spaces', secret: true })
export const variable = () =>
  z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/)
    .register(words, { expected: 'the name of an environment variable (not its value)', secret: 'until judged' })
export const name = (what: string) =>
  z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,31}$/)
    .register(words, { expected: `${what} of 1 to 32 characters of a-z 0-9 _ -, a letter or digit first` })
export const baseUrl = () =>
  z
    .string()
    .refine(isBaseUrl)
    .register(words, { expected: 'an http(s) URL without user name and password', secret: 'until judged' })
export const headers = () =>
  z
    .record(
      z.string().regex(HEADER_NAME).register(words, { expected: 'the name of an HTTP header' }),
      z
        .string()
        .regex(HEADER_VALUE)
        .register(words, { expected: 'the text of an HTTP header', secret: true })
        .describe('What the header of this name says. Treated like a key.'),
    )
    .register(words, { expected: 'a table of headers' })
export const listOf = <T extends z.ZodType>(item: T, most: number, expected: string) =>
  z.array(item).max(most).register(words, { expected })

function isBaseUrl(value: string): boolean {
  const url = URL.parse(value)
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
}

export const verdict = choice(['allow', 'ask', 'deny'])
export const tier = choice(['process'], ['container', 'microvm', 'micro_vm'])
export const limitMs = (byDefault: number) => whole(1, DAY_MS).default(byDefault)
export const usd = () =>
  z.number().min(0).max(1_000_000).register(words, { expected: 'an amount of US dollars from 0 to 1000000' })
export const tokenLimit = () => whole(1, 1_000_000_000)
export const toolName = () =>
  z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,63}$/)
    .register(words, { expected: 'the name of a tool' })

/** Texts that a parser takes, which throws where it does not. */
const parsed = (parse: (text: string) => unknown, expected: string) =>
  z
    .string()
    .max(400)
    .refine((value) => {
      try {
        return Boolean(parse(value))
      } catch {
        return false
      }
    })
    .register(words, { expected })
const CONDITION = 'a condition on tags, such as "jurisdiction=eu", "security>=medium", "context>=200000" or "tools"'
export const conditions = () => listOf(parsed(parseCondition, CONDITION), 32, 'a list of conditions on tags')
export const tags = () =>
  listOf(
    parsed((tag) => tagsOf([tag]), 'a tag, such as "eu" or "security:high"'),
    32,
    'a list of tags',
  )
export const modelNames = () =>
  listOf(
    z
      .string()
      .regex(/^[a-z0-9][a-z0-9_-]{0,31}\/.{1,256}$/)
      .register(words, { expected: 'a model as "provider/model"' }),
    16,
    'a list of models, each as "provider/model"',
  )
