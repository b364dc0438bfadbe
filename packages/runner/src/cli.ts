#!/usr/bin/env node
// The command line's door. It loads only what the command at hand needs.

const VERSION = '0.1.0'

async function main(argv: readonly string[]): Promise<number> {
  // The one thing that is asked of us by scripts, again and again.
  if (argv.length === 1 && argv[0] === '--version') return tell(VERSION)
  const { keepCompiled } = await import('./compile-cache.js')
  keepCompiled()
  const { parse } = await import('./command-line/parse.js')
  const invocation = parse(argv)
  if (invocation.type === 'version') return tell(VERSION)
  const { programName, contextOf } = await import('./invocation.js')
  if (invocation.type === 'wrong')
    throw (await import('./command-line/wrong-usage.js')).wrongUsage(invocation, programName())
  if (invocation.type === 'help')
    return tell((await import('./command-line/help.js')).help(invocation.about, programName()))
  const { COMMANDS, GROUPS } = await import('./command-line/table.js')
  const context = contextOf(invocation, VERSION, { commands: COMMANDS, groups: GROUPS })
  return (await invocation.command.load())(context)
}

function tell(text: string): number {
  process.stdout.write(`${text}\n`)
  return 0
}

process.stdout.on('error', () => undefined) // A closed pipe: whoever read us has enough.
process.exitCode = await main(process.argv.slice(2)).catch(async (error: unknown) => {
  const { explain } = await import('./explain.js')
  return explain(error)
})
