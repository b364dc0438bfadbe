import type { Tool } from '@nacre/tool'
import type { Workspace } from '@nacre/types'
import { fileListTool, fileReadTool, fileWriteTool } from './file-tools.js'
import { shellExecTool } from './shell-tool.js'

/** The tools that work on a user's files: file_list, file_read, file_write, shell_exec. */
export function workspaceTools(workspace: Workspace): readonly Tool[] {
  return [fileListTool(workspace), fileReadTool(workspace), fileWriteTool(workspace), shellExecTool(workspace)]
}
