import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  applyItem,
  type Client,
  connectionPair,
  createClient,
  EMPTY_TRANSCRIPT,
  type SessionId,
  systemWorld,
  type Transcript,
  userId,
  type World,
} from '@nacre/client'
import { startEngine } from '@nacre/engine'
import { createGateway } from '@nacre/gateway'
import { openLog } from '@nacre/log'
import { type Agent, DEFAULT_LIMITS } from '@nacre/runtime'
import { createRegistry, DEFAULT_POLICY } from '@nacre/tool'
import { inProcessWorkspace, workspaceTools } from '@nacre/tools'
import type { Log, Provider } from '@nacre/types'
import { onTestFinished } from 'vitest'

export const USER = userId('alice')
const TOKEN = 'token-of-this-launch'

/** A directory that goes away with the test. */
export function freshRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'nacre-house-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  return root
}

export const logIn = (root: string) => join(root, 'log', 'log.db')

type House = {
  readonly provider: Provider
  readonly root?: string
  readonly world?: World
  readonly price?: Agent['price']
  readonly limits?: Partial<Agent['limits']>
  readonly budget?: Parameters<typeof startEngine>[0]['budget']
  /** What engine and gateway see in place of the log. */
  readonly watch?: (log: Log) => Log
}

/** Log, engine, gateway and a client in this process, as the guest puts them together, around a model that is given. */
export async function openHouse({ provider, price, budget, ...given }: House) {
  const { root = freshRoot(), world = systemWorld(), watch = (log: Log) => log } = given
  const log = await openLog({ path: logIn(root), now: world.now })
  const seen = watch(log)
  const workspace = inProcessWorkspace({ root, world })
  const registry = createRegistry(workspaceTools(workspace))
  const limits = { ...DEFAULT_LIMITS, ...given.limits }
  const agent = { prompt: 'p', provider, model: 'm', registry, policy: DEFAULT_POLICY, limits, ...(price && { price }) }
  const failures: unknown[] = []
  const engine = startEngine({
    log: seen,
    world,
    user: USER,
    agentOf: () => agent,
    effectors: [workspace],
    ...(budget && { budget }),
    onError: (_, error) => void failures.push(error),
  })
  const isolation = { tier: 'process', sealed: false, words: [] } as const
  const facts = { server: 'test', isolation, model: 'm', workspace: root }
  const gateway = createGateway({ log: seen, world, user: USER, token: TOKEN, ...facts })
  const dial = async () => {
    const { client, server } = connectionPair()
    gateway.accept(server)
    return client
  }
  const client = createClient({ dial, token: () => TOKEN, name: 'test', world })
  let closing: Promise<void> | undefined
  const close = async () => {
    await client.close()
    await engine.close()
    await gateway.close()
    await workspace.close()
  }
  const leave = () => (closing ??= close())
  onTestFinished(async () => {
    await leave()
    await log.close()
  })
  // `leave` ends all but the log, which is then at rest.
  return { root, client, log, failures, leave }
}

/** What a face shows of a session as soon as it is as wanted. */
export async function transcriptWhen(
  client: Client,
  session: SessionId,
  wanted: (transcript: Transcript) => boolean,
): Promise<Transcript> {
  const stop = new AbortController()
  let transcript = EMPTY_TRANSCRIPT
  for await (const item of client.watch(session, { after: 0, signal: stop.signal })) {
    if (item.kind !== 'connection') transcript = applyItem(transcript, item)
    if (wanted(transcript)) stop.abort()
  }
  return transcript
}
