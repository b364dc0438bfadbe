import { fakeWorld } from '@nacre/kit/testing'
import { type Agent, DEFAULT_LIMITS, runTurn, type TurnItem, type TurnLimits, withInput } from '@nacre/runtime'
import { type Call, eventVersion, type LiftedEvent, type NewSessionEvent, type SessionState } from '@nacre/session'
import { createRegistry, type Policy, type Tool } from '@nacre/tool'
import { type Blobs, blobHash, commandId, type Provider, sessionId } from '@nacre/types'

export const world = fakeWorld()
const ALLOW_ALL: Policy = { 'read-only': 'allow', 'side-effecting': 'allow', privileged: 'allow' }

export function memoryBlobs(): Blobs {
  const kept = new Map<string, Uint8Array>()
  return {
    async put(bytes) {
      const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(bytes))
      const hash = blobHash(Buffer.from(digest).toString('hex'))
      kept.set(hash, bytes)
      return hash
    },
    get: async (hash) => kept.get(hash),
    drop: async (hash) => void kept.delete(hash),
  }
}

export const agentOf = (
  provider: Provider,
  tools: readonly Tool[] = [],
  more: { policy?: Policy; limits?: Partial<TurnLimits>; prompt?: string } = {},
): Agent => ({
  prompt: more.prompt ?? 'Be brief.',
  provider,
  model: 'test',
  registry: createRegistry(tools),
  policy: more.policy ?? ALLOW_ALL,
  limits: { ...DEFAULT_LIMITS, ...more.limits },
})

export const turnOf = (
  agent: Agent,
  start: string | SessionState,
  signal = new AbortController().signal,
  blobs = memoryBlobs(),
) => {
  const state = typeof start === 'string' ? withInput(start, world) : start
  return runTurn({ session: sessionId('s1'), state, agent, ports: { world, blobs }, signal })
}

/** Reads a turn to its end, and everything that it yielded. */
export async function readAll(turn: ReturnType<typeof runTurn>) {
  const items: TurnItem[] = []
  const events: NewSessionEvent[] = []
  for (;;) {
    const next = await turn.next()
    if (next.done) return { items, events, end: next.value }
    items.push(next.value)
    if (next.value.type === 'record') events.push(...next.value.events)
  }
}

export const types = (events: readonly NewSessionEvent[]) => events.map((event) => event.type)

/** A person's answer to what a call asks, as a log would hold it. */
export function resolvedBy(
  call: Call | undefined,
  verdict: 'approved' | 'denied',
  scope = 'once' as const,
): LiftedEvent {
  if (call?.status.type !== 'asked') throw new Error('the call does not ask')
  return {
    type: 'approval.resolved',
    command: commandId(`${call.call}-${verdict}`),
    call: call.call,
    hash: call.status.hash,
    verdict,
    scope,
    by: 'test',
    seq: 99,
    at: world.now(),
    v: eventVersion('approval.resolved'),
  }
}
