import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { systemWorld } from '@nacre/kit'
import { sessionId, streamName } from '@nacre/types'
import type { CommandContext } from '../commands/context.js'

type Place = Pick<CommandContext, 'paths' | 'user'>

/** Says on the disk which session is being imported; whoever comes after a crash takes away what there is of it. */
export function markUnfinished({ paths }: Place, session: string): void {
  writeFileSync(paths.importing, session, { mode: 0o600, flush: true })
  const directory = openSync(dirname(paths.importing), 'r')
  fsyncSync(directory)
  closeSync(directory)
}

export const markFinished = ({ paths }: Place): void => rmSync(paths.importing, { force: true })

/** Takes away what a crash has left of an import: a daemon would go on where it ends. Costs nothing where there is none. */
export async function withdrawUnfinished(place: Place): Promise<void> {
  const session = markedIn(place)
  if (session === undefined) return
  // Empty where the crash came before anything of it was written.
  if (session !== '') {
    const [{ openLog }, { withdraw }] = await Promise.all([import('@nacre/log'), import('./restore.js')])
    await using log = await openLog({ path: place.paths.log, now: systemWorld().now })
    if (markedIn(place) !== session) return // It was being written, and is whole by now.
    await withdraw({ log, stream: streamName(place.user, sessionId(session)) })
    process.stderr.write(`An import of ${session} was cut off; what there was of it has been taken away.\n`)
  }
  markFinished(place)
}

function markedIn({ paths }: Place): string | undefined {
  try {
    return readFileSync(paths.importing, 'utf8')
  } catch {
    return undefined
  }
}
