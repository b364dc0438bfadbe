export { askingTools } from './asking-tools.js'
export type { DelegateInfo } from './delegate.tools.js'
export { type InProcessOptions, inProcessWorkspace, WORKSPACE_LIMITS, type WorkspaceLimits } from './in-process.js'
export { workspaceTools } from './workspace-tools.js'
