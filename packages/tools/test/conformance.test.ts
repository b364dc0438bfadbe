import { inProcessWorkspace } from '@nacre/tools'
import { memoryWorkspace, workspaceConformance } from '@nacre/tools/testing'
import { describe, it } from 'vitest'
import { confinedWorkspace } from '../src/in-process.js'
import { hostPlace } from './support/place.js'

describe('a workspace in memory', () => {
  workspaceConformance(() => ({ workspace: memoryWorkspace() }), it)
})

describe('a workspace in this process', () => {
  workspaceConformance(() => {
    const workspace = inProcessWorkspace(hostPlace())
    return { workspace, end: () => workspace.close() }
  }, it)
})

describe('a workspace in this process, checked as on other platforms', () => {
  workspaceConformance(() => {
    const workspace = confinedWorkspace(hostPlace(), 'checked')
    return { workspace, end: () => workspace.close() }
  }, it)
})
