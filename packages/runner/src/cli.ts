#!/usr/bin/env node
import type { Invocation } from './args.js'
import type { CommandContext } from './commands/context.js'

// The command line's door. It loads only what the command at hand needs.

const VERSION = '0.1.0'

const COMMANDS: Record<
  Exclude<Invocation['command'], 'version' | 'help'>,
  (context: CommandContext) => Promise<number>
> = {
  start,
  restart: async (context) => (await import('./commands/start.js')).restart(context),
  stop: async (context) => (await import('./commands/stop.js')).stop(context),
  status: async (context) => (await import('./commands/status.js')).status(context),
  ask: async (context) => (await import('./commands/ask.js')).ask(context),
  events: async (context) => (await import('./commands/events.js')).events(context),
  approvals: async (context) => (await import('./commands/approvals.js')).approvals(context),
  usage: async (context) => (await import('./commands/usage.js')).usage(context),
  catalog: async (context) => (await import('./commands/catalog.js')).catalog(context),
  tui: async (context) => (await import('./commands/tui.js')).tui(context),
  'first-run': async (context) => (await import('./commands/first-run.js')).firstRun(context),
}

/** What takes longest is begun before anything else is loaded. */
async function start(context: CommandContext): Promise<number> {
  const planner = context.flags.detach ? undefined : (await import('./daemon/plan-apart.js')).beginPlan(context.env)
  try {
    return await (await import('./commands/start.js')).start(context, planner)
  } finally {
    planner?.abandon() // Unasked it would wait for ever, and this process for it.
  }
}

async function main(argv: readonly string[]): Promise<number> {
  // The one thing that is asked of us by scripts, again and again.
  if (argv.length === 1 && argv[0] === '--version') return tellVersion()
  const { keepCompiled } = await import('./compile-cache.js')
  keepCompiled()
  const { parseInvocation } = await import('./args.js')
  const invocation = parseInvocation(argv)
  if (invocation.command === 'version') return tellVersion()
  const { programName, contextOf } = await import('./invocation.js')
  if (invocation.command === 'help') {
    const { help } = await import('./commands/help.js')
    process.stdout.write(`${help(programName())}\n`)
    return 0
  }
  return COMMANDS[invocation.command](contextOf(invocation, VERSION))
}

function tellVersion(): number {
  process.stdout.write(`${VERSION}\n`)
  return 0
}

process.stdout.on('error', () => undefined) // A closed pipe: whoever read us has enough.
process.exitCode = await main(process.argv.slice(2)).catch(async (error: unknown) => {
  const { explain } = await import('./explain.js')
  return explain(error)
})
