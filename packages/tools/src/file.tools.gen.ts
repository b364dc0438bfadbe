// Written by toolgen from the types and docstrings of file.tools.ts: change those, then run `pnpm toolgen`.
import { z } from 'zod'

export const fileListSchema = z
  .strictObject({ path: z.string().min(1).default('/shared').describe('The directory') })
  .describe('Lists a directory: one entry a line, directories with a slash at the end, files with their size.')

export const fileReadSchema = z
  .strictObject({
    path: z.string().min(1).describe('A path below /shared or /tmp, or relative to /shared'),
    offset_bytes: z.int().min(0).default(0).describe('Where to begin'),
    limit_bytes: z.int().min(4).max(15360).default(12288).describe('How much to read'),
  })
  .describe(
    'Reads a UTF-8 text file, or a part of it. A part ends with a note that says where to read on. Binary files are described, not shown.',
  )

export const fileWriteSchema = z
  .strictObject({
    path: z.string().min(1).describe('A path below /shared or /tmp, or relative to /shared'),
    content: z.string().describe('All of the new content'),
  })
  .describe('Writes a text file whole: makes it, with its directories, or replaces it.')

export const fileEditSchema = z
  .strictObject({
    path: z.string().min(1).describe('A path below /shared or /tmp, or relative to /shared'),
    old_text: z
      .string()
      .min(1)
      .describe(
        'The text to replace, exactly as it stands in the file, with enough of the lines around it to be there only once',
      ),
    new_text: z.string().describe('What stands there afterwards'),
    replace_all: z.boolean().default(false).describe('Replace it wherever it stands'),
  })
  .describe('Replaces a piece of a text file by another. Refuses if the piece is not there, or more than once.')
