// Written by toolgen from the types and docstrings of number.tools.ts: change those, then run `pnpm toolgen`.
import { z } from 'zod'

export const plainNumberSchema = z.strictObject({ value: z.number() }).describe('Takes plainNumber.')

export const boundedNumberSchema = z
  .strictObject({ value: z.number().min(-1.5).max(1.5) })
  .describe('Takes boundedNumber.')

export const integerSchema = z.strictObject({ value: z.int() }).describe('Takes integer.')

export const boundedIntegerSchema = z
  .strictObject({ value: z.int().min(1).max(9).default(3).describe('How many.') })
  .describe('Takes boundedInteger.')

export const brandedIntegerSchema = z
  .strictObject({ value: z.int().brand<'integer'>() })
  .describe('Takes brandedInteger.')

export const brandedNumberSchema = z
  .strictObject({ value: z.number().min(0).brand<'ratio'>().exactOptional() })
  .describe('Takes brandedNumber.')

export const numberChoiceSchema = z.strictObject({ value: z.literal([3, 1, 2]) }).describe('Takes numberChoice.')

export const mixedChoiceSchema = z.strictObject({ value: z.literal(['auto', 1, true]) }).describe('Takes mixedChoice.')

export const flagSchema = z.strictObject({ value: z.boolean().default(false) }).describe('Takes flag.')

export const optionalFlagSchema = z.strictObject({ value: z.boolean().exactOptional() }).describe('Takes optionalFlag.')

export const yesSchema = z.strictObject({ value: z.literal(true) }).describe('Takes yes.')

export const nothingSchema = z.strictObject({ value: z.null() }).describe('Takes nothing.')
