import { existsSync } from 'node:fs'
import { systemWorld } from '@nacre/kit'
import type { Millis } from '@nacre/types'
import { EXIT } from '../command-line/exit.js'
import { followLogFile } from '../daemon/log-file.js'
import { parseLogLine } from '../daemon/log-line.js'
import { type CommandContext, print, printJson } from './context.js'
import { momentOf } from './moment.js'
import { printable } from './teller.js'

const TAIL = 100

/** Prints the daemon's own log, also when none runs. */
export async function logs(context: CommandContext): Promise<number> {
  const { flags, paths } = context
  const world = systemWorld()
  const since = flags.since === undefined ? undefined : momentOf(flags.since, world.now())
  const stop = new AbortController()
  const end = () => stop.abort()
  process.once('SIGINT', end).once('SIGTERM', end)
  process.stdout.once('error', end) // Whoever read us has enough.
  if (!existsSync(paths.daemonLog)) process.stderr.write(`${context.user}'s daemon has written no log yet.\n`)
  const tell = flags.json ? (line: string) => printJson(parseLogLine(line)) : (line: string) => print(printable(line))
  const isYoung = createSince(since)
  let tail: Tail | undefined = createTail(flags.tail ?? (since === undefined ? TAIL : Number.POSITIVE_INFINITY))
  for await (const item of followLogFile(paths.daemonLog, stop.signal, world)) {
    if (item.kind === 'live') {
      for (const line of tail?.lines() ?? []) tell(line)
      tail = undefined
      if (!flags.follow) break
    } else if (isYoung(item.line)) {
      if (tail) tail.add(item.line)
      else tell(item.line)
    }
  }
  return EXIT.ok
}

/** A line without a time is as old as the one before it. */
function createSince(since: Millis | undefined): (line: string) => boolean {
  let young = since === undefined
  return (line) => {
    const { at } = since === undefined ? { at: null } : parseLogLine(line)
    if (since !== undefined && at !== null) young = Date.parse(at) >= since
    return young
  }
}

type Tail = ReturnType<typeof createTail>

/** The last `most` lines of those that are added. */
function createTail(most: number) {
  let lines: string[] = []
  return {
    add(line: string): void {
      lines.push(line)
      if (lines.length > 2 * most + CHUNK) lines = lines.slice(-most)
    },
    lines: (): readonly string[] => (most === 0 ? [] : lines.slice(-most)),
  }
}
const CHUNK = 256
