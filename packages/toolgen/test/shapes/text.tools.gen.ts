// Written by toolgen from the types and docstrings of text.tools.ts: change those, then run `pnpm toolgen`.
import { z } from 'zod'

export const plainTextSchema = z.strictObject({ value: z.string() }).describe('Takes plainText.')

export const describedTextSchema = z
  .strictObject({ value: z.string().describe('Where to look, in one line.') })
  .describe('Takes describedText.')

export const optionalTextSchema = z.strictObject({ value: z.string().exactOptional() }).describe('Takes optionalText.')

export const defaultTextSchema = z
  .strictObject({ value: z.string().default('a "b" \'c\'') })
  .describe('Takes defaultText.')

export const boundedTextSchema = z
  .strictObject({ value: z.string().min(2).max(5).describe('A name.') })
  .describe('Takes boundedText.')

export const patternTextSchema = z
  .strictObject({ value: z.string().regex(/^[a-z]{2,4}\/@\d+$/u) })
  .describe('Takes patternText.')

export const mailTextSchema = z.strictObject({ value: z.email() }).describe('Takes mailText.')

export const dayTextSchema = z.strictObject({ value: z.iso.date() }).describe('Takes dayText.')

export const brandedTextSchema = z.strictObject({ value: z.string().brand<'ticket'>() }).describe('Takes brandedText.')

export const choiceSchema = z
  .strictObject({ value: z.enum(['slow', 'quick', 'a-third']).describe('How fast') })
  .describe('Takes choice.')

export const choiceWithDefaultSchema = z
  .strictObject({ value: z.enum(['slow', 'quick', 'a-third']).default('quick') })
  .describe('Takes choiceWithDefault.')

export const oneLiteralSchema = z.strictObject({ value: z.literal('only') }).describe('Takes oneLiteral.')

export const nullableTextSchema = z.strictObject({ value: z.string().nullable() }).describe('Takes nullableText.')

export const nullableChoiceSchema = z
  .strictObject({ value: z.enum(['b', 'a']).nullable() })
  .describe('Takes nullableChoice.')
