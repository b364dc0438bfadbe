import { systemWorld } from '@nacre/kit'
import { openLog } from '@nacre/log'
import { Fault, LEDGER, type Millis, type SessionId, sessionId, streamName } from '@nacre/types'
import { sessionIdSchema } from '@nacre/types/schema'
import { EXIT } from '../command-line/exit.js'
import { daemonStatus } from '../daemon/control.js'
import { readSessionFile } from '../session-file/read.js'
import { type Restored, restore } from '../session-file/restore.js'
import { type CommandContext, print, printJson } from './context.js'
import { counted } from './counted.js'

/** Brings a session back from a file. The whole file is judged before anything is written. */
export async function importSession(context: CommandContext): Promise<number> {
  const { flags, program, user, words } = context
  const path = words[0] ?? ''
  const wanted = flags.as === undefined ? undefined : asked(flags.as)
  if (await daemonStatus(context.paths))
    throw new Fault('busy', `${user}'s daemon runs, and holds the log.`, {
      mend: `Stop it first: ${program} stop --user ${user}`,
    })
  const from = await judged(path)
  const session = wanted ?? from
  const { events, blobs, closed } = await written(context, path, from, session)
  if (flags.json) printJson({ session, from, events, blobs, closed })
  else {
    print(`${session}: ${counted(events, 'event')} and ${counted(blobs, 'blob')}.`)
    if (closed) print('What was open or approved in it is closed here: only the original can go on with that.')
  }
  return EXIT.ok
}

function asked(text: string): SessionId {
  const { success, error } = sessionIdSchema.safeParse(text)
  if (success && text !== LEDGER) return sessionId(text)
  throw new Fault('invalid_input', `'${text}' cannot be a session's id: ${error?.issues[0]?.message ?? 'taken'}.`, {
    mend: 'For example: --as boats-again',
  })
}

/** Reads the file to its end, and so has seen that it is whole. The id of the session in it. */
async function judged(path: string): Promise<SessionId> {
  let session: SessionId | undefined
  for await (const item of readSessionFile(path, systemWorld().now()))
    if (item.type === 'header') session = item.session
  if (session === undefined) throw new Fault('internal', 'A whole file has a header.', { mend: 'Report it.' })
  return session
}

async function written(context: CommandContext, path: string, from: SessionId, session: SessionId): Promise<Restored> {
  const { user, paths, program } = context
  const now = systemWorld().now()
  let clock: Millis = now
  await using log = await openLog({ path: paths.log, now: () => clock })
  const stream = streamName(user, session)
  if (await log.head(stream))
    throw new Fault('conflict', `There is a session ${session} already.`, {
      mend: `Import it under another id: ${program} import ${path} --as ${session.slice(0, 58)}-again`,
    })
  const target = {
    log,
    stream,
    setClock(at: Millis) {
      clock = at
    },
  }
  try {
    return await restore(readSessionFile(path, now), from, target, now)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unknown error'
    throw new Fault('storage_failed', `Only a part of ${session} could be written: ${why}`, {
      cause,
      mend: `Make room, then: ${program} sessions delete ${session} --yes && ${program} import ${path}`,
    })
  }
}
