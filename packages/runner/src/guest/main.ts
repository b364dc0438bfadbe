import { type AgentOf, startEngine } from '@nacre/engine'
import { createGateway } from '@nacre/gateway'
import { systemWorld } from '@nacre/kit'
import { openLog, startLogThread } from '@nacre/log'
import { inProcessWorkspace } from '@nacre/tools/workspace'
import { Fault } from '@nacre/types'
import { onLines } from '../lines.js'
import { type Bootstrap, type GuestAgent, type GuestMessage, parseBootstrap } from './bootstrap.js'
import { firstModel, offersOf } from './offers.js'

// The agent guest: log, engine and gateway of one user. It lives exactly as long as its standard input: that is the
// link to the supervisor, and when it closes, the guest ends its commands and goes.

const DRAIN_MS = 3000
const EXIT_MS = 900

// It loads while we wait to be told where the log is.
const thread = startLogThread()

const say = (message: GuestMessage) => process.stdout.write(`${JSON.stringify(message)}\n`)

async function serve(bootstrap: Bootstrap): Promise<(graceMs: number) => Promise<void>> {
  const world = systemWorld()
  const { user, paths } = bootstrap
  const log = await openLog({ path: paths.log, now: world.now, thread })
  const workspace = inProcessWorkspace({ root: paths.workspace, env: bootstrap.shell.env })
  // Loaded for the first turn: a guest that waits needs neither tools nor model.
  let agents: Promise<AgentOf> | undefined
  const loadAgents = async () => (await import('./agent.js')).agentsOf(bootstrap, workspace, world)
  const agentOf: AgentOf = async (name, model) => {
    agents ??= loadAgents()
    return (await agents)(name, model)
  }
  const gateway = createGateway({
    log,
    world,
    user,
    token: bootstrap.token,
    server: `nacre ${bootstrap.version}`,
    isolation: bootstrap.isolation,
    model: firstModel(bootstrap.agents.default as GuestAgent),
    workspace: paths.workspace,
    ...offersOf(bootstrap),
  })
  await gateway.listen({ path: paths.gateway })
  if (bootstrap.tcpPort !== undefined) await gateway.listen({ host: '127.0.0.1', port: bootstrap.tcpPort })
  const engine = startEngine({
    log,
    world,
    user,
    agentOf,
    effectors: [workspace],
    concurrentTurns: bootstrap.concurrentTurns,
    ...(bootstrap.budget && { budget: bootstrap.budget }),
    onError: (what, error) =>
      say({ type: 'warning', message: `${what} failed, and is tried again: ${messageOf(error)}` }),
    onFailedTurn: ({ session, code }) => say({ type: 'turn_failed', session, ...(code && { code }) }),
  })
  say({ type: 'ready', endpoint: paths.gateway })
  return async (graceMs) => {
    await engine.close(graceMs)
    await gateway.close()
    await workspace.close()
    await log.close()
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : 'unknown error')

function failed(error: unknown): void {
  const { code, mend } = error instanceof Fault ? error : { code: 'internal' as const, mend: undefined }
  say({ type: 'fault', code, message: messageOf(error), ...(mend && { mend }) })
  process.exitCode = 1
}

async function main(): Promise<void> {
  let close: ((graceMs: number) => Promise<void>) | undefined
  let leaving = false
  const leave = async (graceMs: number) => {
    if (leaving) return
    leaving = true
    // Whatever hangs on the way out must not outlive the supervisor.
    const hard = setTimeout(() => process.kill(process.pid, 'SIGKILL'), graceMs + EXIT_MS)
    await close?.(graceMs).catch(failed)
    clearTimeout(hard)
    process.exit()
  }
  // Signals are the supervisor's business: it drains us over the link.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
  process.stdout.on('error', () => undefined)

  const first = await new Promise<string>((resolve) => {
    let line = (text: string) => {
      line = () => void leave(DRAIN_MS)
      resolve(text)
    }
    process.stdin.once('close', () => void leave(0)).once('end', () => void leave(0))
    onLines(process.stdin, (text) => line(text))
  })
  try {
    close = await serve(parseBootstrap(first))
  } catch (error) {
    failed(error)
    process.exit()
  }
}

await main()
