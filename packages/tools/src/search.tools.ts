import { type ToolContext, type ToolResult, tool } from '@nacre/tool'
import type { Workspace } from '@nacre/types'
import { plainMatcher, regexMatcher } from './matcher.js'
import { search } from './search.js'
import { fileSearchSchema } from './search.tools.gen.js'
import { failed } from './text.js'

type SearchInput = {
  /**
   * The text to look for, as it is, within a line
   * @minLength 1
   * @maxLength 1000
   */
  readonly pattern: string
  /**
   * The directory to search, or one file
   * @minLength 1
   * @default "/shared"
   */
  readonly path: string
  /**
   * Only files whose name fits, such as *.ts, or whose path below the directory does, such as src/**\/*.{ts,md}
   * @minLength 1
   * @maxLength 200
   */
  readonly glob?: string
  /**
   * The pattern is a JavaScript regular expression
   * @default false
   */
  readonly regex: boolean
  /** @default false */
  readonly ignore_case: boolean
  /**
   * @integer
   * @minimum 1
   * @maximum 500
   * @default 100
   */
  readonly max_matches: number
}

export class SearchTools {
  readonly #workspace: Workspace

  constructor(workspace: Workspace) {
    this.#workspace = workspace
  }

  /**
   * Searches the text files of a directory and all below it, line by line. Gives path:line: text for each match. Leaves out
   * .git, node_modules, binary files and files over 1 MiB.
   */
  @tool({ schema: fileSearchSchema, safety: 'read-only', replay: 'pure' })
  async fileSearch(input: SearchInput, { signal }: ToolContext): Promise<ToolResult | string> {
    const { pattern, path, glob, regex, ignore_case: ignoreCase, max_matches: maxMatches } = input
    if (!regex && pattern.includes('\n')) return failed('The pattern has a line break; lines are searched one by one.')
    const matcher = regex ? regexMatcher(pattern, { ignoreCase }) : plainMatcher(pattern, { ignoreCase })
    try {
      return await search({ workspace: this.#workspace, path, glob, maxMatches, signal }, matcher)
    } finally {
      await matcher.close()
    }
  }
}
