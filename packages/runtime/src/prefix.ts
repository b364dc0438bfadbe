import { createHash } from 'node:crypto'
import { type BlobHash, type Blobs, blobHash, Fault, type ToolSpec } from '@nacre/types'
import type { Agent } from './agent.js'

/** What every request of a turn begins with, byte for byte; `bytes` is it as a blob, `hash` the blob's name. */
export type Prefix = {
  readonly system: string
  readonly tools: readonly ToolSpec[]
  readonly bytes: Uint8Array
  readonly hash: BlobHash
}

/** Made once for an agent, which is a value: with its tools it is tens of kilobytes, and asked for several times a turn. */
const made = new WeakMap<Agent, Prefix>()

export function prefixOf(agent: Agent): Prefix {
  const known = made.get(agent)
  if (known) return known
  const prefix = toPrefix(agent.prompt, agent.registry.specs)
  made.set(agent, prefix)
  return prefix
}

function toPrefix(system: string, tools: readonly ToolSpec[]): Prefix {
  const bytes = new TextEncoder().encode(JSON.stringify({ system, tools }))
  return { system, tools, bytes, hash: blobHash(createHash('sha256').update(bytes).digest('hex')) }
}

/** The prefix that a turn was opened with, though the agent may have changed since. */
export async function loadPrefix(hash: BlobHash, agent: Agent, blobs: Blobs): Promise<Prefix> {
  const current = prefixOf(agent)
  if (current.hash === hash) return current
  const bytes = await blobs.get(hash)
  if (bytes === undefined) {
    throw new Fault('corrupt', `The session's prompt ${hash.slice(0, 12)} is missing from the blobs.`, {
      mend: 'Restore the log with its blobs from one backup, or cancel this turn and send the message again.',
    })
  }
  const { system, tools } = JSON.parse(new TextDecoder().decode(bytes)) as Pick<Prefix, 'system' | 'tools'>
  return { system, tools, bytes, hash }
}
