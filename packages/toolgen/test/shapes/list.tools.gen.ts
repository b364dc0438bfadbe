// Written by toolgen from the types and docstrings of list.tools.ts: change those, then run `pnpm toolgen`.
import { z } from 'zod'

export const textsSchema = z.strictObject({ value: z.array(z.string()) }).describe('Takes texts.')

export const boundedTextsSchema = z
  .strictObject({ value: z.array(z.string().min(2)).min(1).max(3) })
  .describe('Takes boundedTexts.')

export const integersSchema = z
  .strictObject({ value: z.array(z.int().min(0)).default([1, 2]) })
  .describe('Takes integers.')

export const linesSchema = z
  .strictObject({ value: z.array(z.strictObject({ from: z.number(), to: z.number().exactOptional() })) })
  .describe('Takes lines.')

export const gridSchema = z
  .strictObject({ value: z.array(z.array(z.number())).exactOptional() })
  .describe('Takes grid.')

export const choicesSchema = z.strictObject({ value: z.array(z.enum(['red', 'green'])) }).describe('Takes choices.')

export const nullableListSchema = z
  .strictObject({ value: z.array(z.string().nullable()).nullable() })
  .describe('Takes nullableList.')

export const countsSchema = z
  .strictObject({ value: z.record(z.string(), z.number()).describe('How often') })
  .describe('Takes counts.')

export const namedLinesSchema = z
  .strictObject({ value: z.record(z.string(), z.strictObject({ from: z.number(), to: z.number().exactOptional() })) })
  .describe('Takes namedLines.')

export const listsByNameSchema = z
  .strictObject({ value: z.record(z.string(), z.array(z.string())) })
  .describe('Takes listsByName.')
