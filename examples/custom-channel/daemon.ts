import { type Connection, connectionPair } from '@nacre/client'
import { startEngine } from '@nacre/engine'
import { createGateway } from '@nacre/gateway'
import { systemWorld } from '@nacre/kit'
import { memoryLog } from '@nacre/log/testing'
import { offline } from '@nacre/providers'
import { DEFAULT_LIMITS } from '@nacre/runtime'
import { createRegistry, DEFAULT_POLICY } from '@nacre/tool'
import { userId } from '@nacre/types'

/**
 * The daemon's side: a log, a gateway over it, an engine behind it. `runner start` does the same with a log on disk and a
 * socket; a channel sees no difference and needs nothing of this file but how to dial.
 */
export function startDaemon() {
  const world = systemWorld()
  const user = userId('alice')
  const token = 'a secret of this launch'
  const log = memoryLog({ now: world.now })
  const gateway = createGateway({
    log,
    world,
    user,
    token,
    server: 'example',
    isolation: { tier: 'process', sealed: false, words: ['Everything runs in one process.'] },
    model: 'offline/offline',
    workspace: 'none',
  })
  const agent = {
    prompt: '',
    provider: offline(),
    model: 'offline',
    registry: createRegistry([]),
    policy: DEFAULT_POLICY,
    limits: DEFAULT_LIMITS,
  }
  const engine = startEngine({ log, world, user, agentOf: () => agent })
  let cutNewest = () => {}

  return {
    token: () => token,
    async dial(): Promise<Connection> {
      const pair = connectionPair()
      gateway.accept(pair.server)
      cutNewest = pair.server.close
      return pair.client
    },
    /** What a network does. */
    cut: () => cutNewest(),
    async [Symbol.asyncDispose]() {
      await engine.close()
      await gateway.close()
      await log.close()
    },
  }
}
