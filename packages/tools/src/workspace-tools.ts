import { type Tool, toolsOf } from '@nacre/tool'
import type { Workspace } from '@nacre/types'
import { FileTools } from './file.tools.js'
import { SearchTools } from './search.tools.js'
import { ShellTools } from './shell.tools.js'

/** The tools that work on a user's files: file_list, file_read, file_write, file_edit, file_search, shell_exec. */
export function workspaceTools(workspace: Workspace): readonly Tool[] {
  return [new FileTools(workspace), new SearchTools(workspace), new ShellTools(workspace)].flatMap(toolsOf)
}
