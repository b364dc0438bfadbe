#!/usr/bin/env node
import { enableCompileCache } from 'node:module'
import { Fault } from '@nacre/types'
import { type Invocation, parseInvocation } from './args.js'
import type { CommandContext } from './commands/context.js'

// The command line's door. It loads only what the command at hand needs.

enableCompileCache()

const VERSION = '0.1.0'
const EXIT_FAILED = 1
const EXIT_USAGE = 2
const EXIT_NOT_RUNNING = 3

const COMMANDS: Record<
  Exclude<Invocation['command'], 'version' | 'help'>,
  (context: CommandContext) => Promise<number>
> = {
  start: async (context) => (await import('./commands/start.js')).start(context),
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

async function main(): Promise<number> {
  const invocation = parseInvocation(process.argv.slice(2))
  if (invocation.command === 'version') {
    process.stdout.write(`${VERSION}\n`)
    return 0
  }
  const { programName, contextOf } = await import('./invocation.js')
  if (invocation.command === 'help') {
    const { help } = await import('./commands/help.js')
    process.stdout.write(`${help(programName())}\n`)
    return 0
  }
  return COMMANDS[invocation.command](contextOf(invocation, VERSION))
}

function explain(error: unknown): number {
  if (!(error instanceof Fault)) {
    process.stderr.write(`runner: ${error instanceof Error ? (error.stack ?? error.message) : 'unknown error'}\n`)
    return EXIT_FAILED
  }
  process.stderr.write(`runner: ${error.message}\n${error.mend ? `  ${error.mend}\n` : ''}`)
  if (error.code === 'invalid_input') return EXIT_USAGE
  return error.code === 'unavailable' ? EXIT_NOT_RUNNING : EXIT_FAILED
}

process.stdout.on('error', () => undefined) // A closed pipe: whoever read us has enough.
process.exitCode = await main().catch(explain)
