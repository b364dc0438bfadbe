import { createHash } from 'node:crypto'
import { type BlobHash, type Blobs, blobHash, Fault, type ToolSpec } from '@nacre/types'
import type { Agent } from './agent.js'

/** What every request of a turn begins with, byte for byte. */
export type Prefix = { readonly system: string; readonly tools: readonly ToolSpec[] }

export const prefixOf = (agent: Agent): Prefix => ({ system: agent.prompt, tools: agent.registry.specs })

export const hashOf = (prefix: Prefix): BlobHash => blobHash(createHash('sha256').update(bytesOf(prefix)).digest('hex'))

export const bytesOf = (prefix: Prefix): Uint8Array => new TextEncoder().encode(JSON.stringify(prefix))

/** The prefix that a turn was opened with, though the agent may have changed since. */
export async function loadPrefix(hash: BlobHash, agent: Agent, blobs: Blobs): Promise<Prefix> {
  const current = prefixOf(agent)
  if (hashOf(current) === hash) return current
  const bytes = await blobs.get(hash)
  if (bytes === undefined) {
    throw new Fault('corrupt', `The session's prompt ${hash.slice(0, 12)} is missing from the blobs.`, {
      mend: 'Restore the log with its blobs from one backup, or cancel this turn and send the message again.',
    })
  }
  return JSON.parse(new TextDecoder().decode(bytes)) as Prefix
}
