import type { StoredEvent } from '@nacre/types'
import { EXIT } from '../command-line/exit.js'
import { openRecords } from '../records/records.js'
import { type Divergence, replaySession } from '../replay/replay.js'
import { type CommandContext, print, printJson } from './context.js'
import { counted } from './counted.js'
import { printable } from './teller.js'

/** Drives a session again from its log, and says where what would happen today differs from what is recorded. */
export async function replay(context: CommandContext): Promise<number> {
  await using records = await openRecords(context)
  const { session } = await records.find(context.words[0] ?? '')
  const events: StoredEvent[] = []
  for await (const event of records.events(session, new AbortController().signal)) events.push(event)
  const replayed = await replaySession({ session, events, blob: records.blob })
  const { turns, divergence, notes } = replayed
  if (context.flags.json) printJson({ session, ...replayed, divergence: divergence ?? null })
  else {
    for (const note of notes) print(note)
    const clean = replayed.whole ? 'no divergence' : 'no divergence in what could be replayed'
    const what = divergence ? `seq ${divergence.seq} differs` : clean
    print(`${counted(turns, 'turn')}, ${counted(replayed.events, 'event')}: ${what}`)
    if (divergence) for (const line of inWords(divergence)) print(printable(line))
  }
  return divergence ? EXIT.failed : EXIT.ok
}

const inWords = ({ expected, got }: Divergence): readonly string[] => [
  `  expected  ${JSON.stringify(expected)}`,
  `  got       ${JSON.stringify(got)}`,
]
