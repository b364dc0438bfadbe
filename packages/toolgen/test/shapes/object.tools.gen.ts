// Written by toolgen from the types and docstrings of object.tools.ts: change those, then run `pnpm toolgen`.
import { z } from 'zod'

export const noArgumentsSchema = z.strictObject({}).describe('Takes noArguments.')

export const nestedSchema = z
  .strictObject({
    value: z.strictObject({
      deep: z.strictObject({ er: z.string() }),
      next: z.strictObject({ a: z.number() }).exactOptional(),
    }),
  })
  .describe('Takes nested.')

export const inheritedSchema = z
  .strictObject({ value: z.strictObject({ age: z.int(), name: z.string().describe('Its name') }) })
  .describe('Takes inherited.')

export const intersectionSchema = z
  .strictObject({ value: z.strictObject({ name: z.string().describe('Its name'), tag: z.string().exactOptional() }) })
  .describe('Takes intersection.')

export const pickedSchema = z
  .strictObject({ value: z.strictObject({ b: z.number(), a: z.string() }) })
  .describe('Takes picked.')

export const partialSchema = z
  .strictObject({ value: z.strictObject({ b: z.number().exactOptional(), a: z.string().exactOptional() }) })
  .describe('Takes partial.')

export const keyedSchema = z
  .strictObject({ value: z.strictObject({ x: z.number(), y: z.number() }) })
  .describe('Takes keyed.')

export const textOrNumberSchema = z
  .strictObject({ value: z.union([z.number(), z.string()]) })
  .describe('Takes textOrNumber.')

export const taggedSchema = z
  .strictObject({
    value: z.union([
      z.strictObject({ type: z.literal('circle'), radius: z.number() }),
      z.strictObject({ type: z.literal('square'), side: z.number() }),
    ]),
  })
  .describe('Takes tagged.')

export const objectOrTextSchema = z
  .strictObject({ value: z.union([z.strictObject({ name: z.string().describe('Its name') }), z.string()]).nullable() })
  .describe('Takes objectOrText.')

export const quotedKeySchema = z
  .strictObject({ value: z.strictObject({ 'a-b': z.string(), $c: z.number() }) })
  .describe('Takes quotedKey.')

export const defaultObjectSchema = z
  .strictObject({ value: z.strictObject({ name: z.string().describe('Its name') }).default({ name: 'x' }) })
  .describe('Takes defaultObject.')
