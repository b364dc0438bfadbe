// Written by toolgen from the types and docstrings of search.tools.ts: change those, then run `pnpm toolgen`.
import { z } from 'zod'

export const fileSearchSchema = z
  .strictObject({
    pattern: z.string().min(1).max(1000).describe('The text to look for, as it is, within a line'),
    path: z.string().min(1).default('/shared').describe('The directory to search, or one file'),
    glob: z
      .string()
      .min(1)
      .max(200)
      .exactOptional()
      .describe(
        'Only files whose name fits, such as *.ts, or whose path below the directory does, such as src/**/*.{ts,md}',
      ),
    regex: z.boolean().default(false).describe('The pattern is a JavaScript regular expression'),
    ignore_case: z.boolean().default(false),
    max_matches: z.int().min(1).max(500).default(100),
  })
  .describe(
    'Searches the text files of a directory and all below it, line by line. Gives path:line: text for each match. Leaves out .git, node_modules, binary files and files over 1 MiB.',
  )
