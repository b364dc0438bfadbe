// Written by toolgen from the types and docstrings of ask.tools.ts: change those, then run `pnpm toolgen`.
import { z } from 'zod'

export const askUserSchema = z
  .strictObject({
    question: z.string().min(1).max(4000).describe('The question, with what the user has to know to answer it'),
    choices: z
      .array(z.string())
      .max(10)
      .default([])
      .describe('Answers to choose from; the user may also write another one'),
  })
  .describe(
    'Asks the user a question and waits for the answer. Only for what you can neither find out nor decide yourself, and what would be wrong to guess.',
  )
