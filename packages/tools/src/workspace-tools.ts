import { type Tool, toolsOf } from '@nacre/tool'
import type { Workspace } from '@nacre/types'
import { FileTools } from './file.tools.js'
import { SearchTools } from './search.tools.js'
import { ShellTools } from './shell.tools.js'

/** The longest that a command may run, in seconds. */
const MOST_SECS = 600

/** The tools that work on a user's files: file_list, file_read, file_write, file_edit, file_search, shell_exec. */
export function workspaceTools(workspace: Workspace, limits: { commandSecs?: number } = {}): readonly Tool[] {
  return [
    new FileTools(workspace),
    new SearchTools(workspace),
    new ShellTools(workspace, limits.commandSecs ?? MOST_SECS),
  ].flatMap(toolsOf)
}
