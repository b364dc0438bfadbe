export { type InProcessOptions, inProcessWorkspace, WORKSPACE_LIMITS, type WorkspaceLimits } from './in-process.js'
export { workspaceTools } from './workspace-tools.js'
