import type { Client } from '@nacre/client'
import { systemWorld } from '@nacre/kit'
import { Fault } from '@nacre/types'
import { EXIT } from '../command-line/exit.js'
import { coloursOf } from '../face/colours.js'
import type { CommandContext } from './context.js'

/** Joins a session in the terminal. What can be typed into is there first; the daemon is looked for behind it. */
export async function tui(context: CommandContext): Promise<number> {
  const { env, flags, program, user } = context
  const plain = flags.plain || env.TERM === 'dumb'
  if (!plain && !hasTerminal(env)) {
    throw new Fault('unsupported', 'The TUI needs a terminal on both ends.', {
      mend: `Without one: ${program} ask "…", or ${program} --tui --plain`,
    })
  }
  const { runTui } = await import('@nacre/tui')
  const world = systemWorld()
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort())
  let client: Promise<Client> | undefined
  try {
    await runTui({
      world,
      connect: () => {
        client = import('./context.js').then(({ connect }) => connect(context, world))
        return client
      },
      input: process.stdin,
      output: process.stdout,
      // What reads a pipe has no colours.
      colours: coloursOf(process.stdout.isTTY ? env : { ...env, NO_COLOR: '1' }),
      plain,
      place: async () => (await import('../face/place.js')).placeOf(context),
      ...(flags.session !== undefined && { session: flags.session }),
      texts: {
        stopHint: `${user}'s daemon keeps running. Stop it: ${program} stop --user ${user}`,
        awayHint: `${user}'s daemon does not answer. Start it: ${program} start --user ${user} --detach`,
      },
      signal: stop.signal,
    })
    return EXIT.ok
  } finally {
    await client?.then(
      (one) => one.close(),
      () => undefined,
    )
  }
}

export const hasTerminal = (env: NodeJS.ProcessEnv): boolean =>
  process.stdin.isTTY === true && process.stdout.isTTY === true && env.TERM !== 'dumb'
