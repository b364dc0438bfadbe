// Written by toolgen from the types and docstrings of shell.tools.ts: change those, then run `pnpm toolgen`.
import { z } from 'zod'

export const shellExecSchema = z
  .strictObject({ command: z.string().min(1), timeout_seconds: z.int().min(1).max(600).default(60) })
  .describe(
    'Runs a command with sh in the directory that the file tools call /shared. It gets no input; background processes end with it. Use relative paths.',
  )
