/** The tools that a guest has, by name: the configuration is judged where none of them is loaded. */
export const TOOL_NAMES = [
  'file_list',
  'file_read',
  'file_write',
  'file_edit',
  'file_search',
  'shell_exec',
  'ask_user',
  'delegate_to_agent',
] as const
