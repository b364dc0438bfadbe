import { fakeWorld } from '@nacre/kit/testing'
import { createRegistry, type Outcome, prepare, runTool } from '@nacre/tool'
import { testContext } from '@nacre/tool/testing'
import { workspaceTools } from '@nacre/tools'
import { type Blobs, blobHash, type Workspace } from '@nacre/types'

export const noBlobs: Blobs = {
  put: async () => blobHash('0'.repeat(64)),
  get: async () => undefined,
  drop: async () => undefined,
}

/** One call down the whole path, as a runtime makes it. */
export async function call(
  workspace: Workspace,
  name: string,
  args: object,
  context = testContext(),
  blobs = noBlobs,
): Promise<Exclude<Outcome, { outcome: 'asking' }> & { text: string }> {
  const ready = prepare(createRegistry(workspaceTools(workspace)), { name, argsText: JSON.stringify(args) })
  if (ready.type === 'refused') throw new Error(JSON.stringify(ready.result))
  const outcome = await runTool(ready, context, { blobs, world: fakeWorld() })
  if (outcome.outcome === 'asking') throw new Error('it asks')
  return { ...outcome, text: outcome.parts.map((part) => (part.type === 'text' ? part.text : part.preview)).join('\n') }
}
