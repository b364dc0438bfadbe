import { Fault } from '@nacre/types'
import { EXIT } from '../command-line/exit.js'
import { type CommandContext, connect } from './context.js'

export async function tui(context: CommandContext): Promise<number> {
  if (!hasTerminal(context.env)) {
    throw new Fault('unsupported', 'The TUI needs a terminal on both ends.', {
      mend: `Without one: ${context.program} ask "…"`,
    })
  }
  const client = await connect(context)
  const { runTui } = await import('@nacre/tui')
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort())
  try {
    await runTui({
      client,
      input: process.stdin,
      output: process.stdout,
      color: !context.env.NO_COLOR,
      ...(context.flags.session !== undefined && { session: context.flags.session }),
      texts: {
        stopHint: `${context.user}'s daemon keeps running. Stop it: ${context.program} stop --user ${context.user}`,
      },
      signal: stop.signal,
    })
    return EXIT.ok
  } finally {
    await client.close()
  }
}

export const hasTerminal = (env: NodeJS.ProcessEnv): boolean =>
  process.stdin.isTTY === true && process.stdout.isTTY === true && env.TERM !== 'dumb'
