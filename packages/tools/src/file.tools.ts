import { type ToolContext, type ToolResult, tool } from '@nacre/tool'
import type { FileEntry, Workspace } from '@nacre/types'
import { edited } from './edit.js'
import { fileEditSchema, fileListSchema, fileReadSchema, fileWriteSchema } from './file.tools.gen.js'
import { shownPath } from './path.js'
import { sliceWords } from './slice.js'
import { failed, notText, readWhole, shownName } from './text.js'

const LISTED = 1_000
const EDITED_BYTES = 8 * 1024 * 1024
const looking = { safety: 'read-only', replay: 'pure', timeoutMs: 30_000 } as const
const changing = { safety: 'side-effecting', timeoutMs: 30_000 } as const

type ListInput = {
  /**
   * The directory
   * @minLength 1
   * @default "/shared"
   */
  readonly path: string
}
type FileInput = {
  /**
   * A path below /shared or /tmp, or relative to /shared
   * @minLength 1
   */
  readonly path: string
}
type ReadInput = FileInput & {
  /**
   * Where to begin
   * @integer
   * @minimum 0
   * @default 0
   */
  readonly offset_bytes: number
  /**
   * How much to read
   * @integer
   * @minimum 4
   * @maximum 15360
   * @default 12288
   */
  readonly limit_bytes: number
}
type WriteInput = FileInput & {
  /** All of the new content */
  readonly content: string
}
type EditInput = FileInput & {
  /**
   * The text to replace, exactly as it stands in the file, with enough of the lines around it to be there only once
   * @minLength 1
   */
  readonly old_text: string
  /** What stands there afterwards */
  readonly new_text: string
  /**
   * Replace it wherever it stands
   * @default false
   */
  readonly replace_all: boolean
}

/** A user's files as tools. */
export class FileTools {
  readonly #workspace: Workspace

  constructor(workspace: Workspace) {
    this.#workspace = workspace
  }

  /** Lists a directory: one entry a line, directories with a slash at the end, files with their size. */
  @tool({ schema: fileListSchema, ...looking })
  async fileList({ path }: ListInput): Promise<string> {
    const entries = await this.#workspace.list(path)
    if (entries.length === 0) return `${shownPath(path)} is empty.`
    const lines = entries.slice(0, LISTED).map(entryLine)
    const more = entries.length - lines.length
    return [...lines, ...(more > 0 ? [`[${more} more entries not shown]`] : [])].join('\n')
  }

  /**
   * Reads a UTF-8 text file, or a part of it. A part ends with a note that says where to read on. Binary files are
   * described, not shown.
   */
  @tool({ schema: fileReadSchema, ...looking })
  async fileRead({ path, offset_bytes: offset, limit_bytes: limitBytes }: ReadInput): Promise<ToolResult | string> {
    return sliceWords(path, offset, await this.#workspace.read(path, { offset, limitBytes }))
  }

  /** Writes a text file whole: makes it, with its directories, or replaces it. */
  @tool({ schema: fileWriteSchema, replay: 'idempotent', ...changing })
  async fileWrite({ path, content }: WriteInput, { session, epoch }: ToolContext): Promise<string> {
    const bytes = new TextEncoder().encode(content)
    await this.#workspace.write(path, bytes, { fence: { session, epoch } })
    return `Wrote ${bytes.length} bytes to ${shownPath(path)}.`
  }

  /** Replaces a piece of a text file by another. Refuses if the piece is not there, or more than once. */
  @tool({ schema: fileEditSchema, replay: 'never', ...changing })
  async fileEdit({ path, ...edit }: EditInput, { session, epoch }: ToolContext): Promise<ToolResult | string> {
    const whole = await readWhole(this.#workspace, path, EDITED_BYTES)
    if (whole.type === 'large')
      return failed(`${shownPath(path)} is too large to be edited (${whole.sizeBytes} bytes).`)
    if (whole.type === 'binary') return notText(path, whole.sizeBytes)
    const result = edited(whole.text, edit)
    if (result.type === 'refused') return failed(`${shownPath(path)} was not changed: ${result.why}`)
    await this.#workspace.write(path, new TextEncoder().encode(result.text), { fence: { session, epoch } })
    const [line, ...more] = result.lines
    if (more.length === 0) return `Replaced 1 place in ${shownPath(path)}, at line ${line}.`
    return `Replaced ${result.lines.length} places in ${shownPath(path)}, the first at line ${line}.`
  }
}

function entryLine({ name, type, sizeBytes }: FileEntry): string {
  if (type === 'directory') return `${shownName(name)}/`
  return type === 'file'
    ? `${shownName(name)} (${sizeBytes} bytes)`
    : `${shownName(name)} (${type === 'link' ? 'symbolic link' : 'not a file'})`
}
