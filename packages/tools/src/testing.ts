export { workspaceConformance } from './conformance.js'
export { type FakeCommand, type MemoryWorkspace, memoryWorkspace } from './memory.js'
