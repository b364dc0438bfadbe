import { systemWorld } from '@nacre/kit'
import { openaiChat, undiciFetch } from '@nacre/providers'
import { DEFAULT_LIMITS, runTurn, withInput } from '@nacre/runtime'
import { createRegistry, DEFAULT_POLICY } from '@nacre/tool'
import { type BlobHash, blobHash, sessionId } from '@nacre/types'

const world = systemWorld()
const fetch = undiciFetch()
const kept = new Map<BlobHash, Uint8Array>()
const blobs = {
  async put(bytes: Uint8Array) {
    const hash = blobHash(String(kept.size))
    kept.set(hash, bytes)
    return hash
  },
  get: async (hash: BlobHash) => kept.get(hash),
  drop: async (hash: BlobHash) => void kept.delete(hash),
}

/** A whole turn: the provider's wire, then the runtime, each delta handed to whoever iterates. */
export async function answer(base: string): Promise<number> {
  const turn = runTurn({
    session: sessionId('bench'),
    state: withInput('Go on.', world),
    agent: {
      prompt: '',
      provider: openaiChat({ name: 'bench', baseUrl: `${base}/v1`, fetch, world }),
      model: 'bench-1',
      registry: createRegistry([]),
      policy: DEFAULT_POLICY,
      limits: DEFAULT_LIMITS,
    },
    ports: { world, blobs },
    signal: new AbortController().signal,
  })
  let chars = 0
  for await (const item of turn) if (item.type === 'text.delta') chars += item.text.length
  return chars
}
