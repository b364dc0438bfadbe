import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DaemonStatus, daemonStatus } from '../daemon/control.js'
import { holdDaemon } from '../daemon/hold.js'
import { orderOf } from '../daemon/order.js'
import { type DaemonPlan, planDaemon } from '../daemon/plan.js'
import { withdrawUnfinished } from '../session-file/unfinished.js'
import { wasAsked } from '../setup/asked.js'
import { ask } from './ask.js'
import { type CommandContext, print } from './context.js'
import { readiness, startDetached } from './start.js'
import { hasTerminal, tui } from './tui.js'

const SAMPLES: Readonly<Record<string, string>> = {
  'notes.md': '# Notes\n\n- The boat needs a new rope before May.\n- Ask Ada about the greenhouse.\n',
  'todo.md': '# To do\n\n- [ ] book the ferry\n- [ ] water the tomatoes\n- [x] oil the bicycle\n',
  'story.txt':
    'The lighthouse keeper wrote everything down, so that nothing he had promised could be lost in the fog.\n',
}

/** `npm start`: a daemon with what is configured (the offline model, if nothing is), sample files, and a chat. */
export async function firstRun(context: CommandContext): Promise<number> {
  const live = await daemonStatus(context.paths)
  if (!live && hasTerminal(context.env) && !context.flags.noSetup && !wasAsked(context)) {
    print('New here? Enter alone begins with the offline model. You are asked only once.')
    const { guided } = await import('./setup-guided.js')
    await guided(context, true)
  }
  const plan = await planDaemon(context)
  const workspace = live?.workspace ?? plan.workspace
  if (!live) writeSamples(workspace)
  print(`Workspace: ${workspace}`)
  for (const hint of plan.hints) print(hint)
  if (live) print(`${context.user}'s daemon is already running (pid ${live.pid}); joining it.`)
  if (!hasTerminal(context.env)) return demo(context, plan, live)
  if (!live) await startDetached(context, plan)
  return tui(context)
}

/** Without a terminal: one turn. A daemon that was not there before lives in this process, and goes with it. */
async function demo(context: CommandContext, plan: DaemonPlan, live: DaemonStatus | undefined): Promise<number> {
  const workspace = live?.workspace ?? plan.workspace
  const hasSamples = ['notes.md', 'todo.md'].every((name) => existsSync(join(workspace, name)))
  const question = hasSamples ? 'read notes.md and todo.md' : 'list files'
  print(`No terminal here, so this is a demo of one turn.\n> ${question}`)
  const asked = { ...context, words: [question] }
  if (live) return ask(asked)
  const { paths, uid } = context
  await withdrawUnfinished(context)
  const supervisor = await holdDaemon({ state: paths.state, uid }, async () => orderOf(context, plan), false)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => supervisor.stop())
  try {
    await readiness(
      context,
      () => null,
      () => '',
    )
    return await ask(asked)
  } finally {
    supervisor.stop()
    await supervisor.stopped
  }
}

/** Only an empty workspace gets samples: nobody's files are touched. */
function writeSamples(workspace: string): void {
  mkdirSync(workspace, { recursive: true, mode: 0o700 })
  if (!existsSync(workspace) || readdirSync(workspace).length > 0) return
  for (const [name, text] of Object.entries(SAMPLES)) writeFileSync(join(workspace, name), text, { mode: 0o600 })
}
