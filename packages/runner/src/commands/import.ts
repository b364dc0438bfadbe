import { systemWorld } from '@nacre/kit'
import { openLog } from '@nacre/log'
import { Fault, LEDGER, type Millis, type SessionId, sessionId, streamName } from '@nacre/types'
import { sessionIdSchema } from '@nacre/types/schema'
import { EXIT } from '../command-line/exit.js'
import { daemonStatus } from '../daemon/control.js'
import { readSessionFile } from '../session-file/read.js'
import { type Restored, restore, withdraw } from '../session-file/restore.js'
import { fileAt, type Source, standardInput } from '../session-file/source.js'
import { markFinished, markUnfinished, withdrawUnfinished } from '../session-file/unfinished.js'
import { type CommandContext, print, printJson } from './context.js'
import { counted } from './counted.js'

/** Brings a session back from a file. The whole file is judged before anything is written. */
export async function importSession(context: CommandContext): Promise<number> {
  const { flags, program, user, words } = context
  const wanted = flags.as === undefined ? undefined : asked(flags.as)
  if (await daemonStatus(context.paths))
    throw new Fault('busy', `${user}'s daemon runs, and holds the log.`, {
      mend: `Stop it first: ${program} stop --user ${user}`,
    })
  await withdrawUnfinished(context)
  const source = words[0] === '-' ? await standardInput() : fileAt(words[0] ?? '')
  const from = await judged(source)
  const session = wanted ?? from
  const { events, blobs, closed } = await written(context, source, from, session)
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
async function judged(source: Source): Promise<SessionId> {
  let session: SessionId | undefined
  for await (const item of readSessionFile(source, systemWorld().now()))
    if (item.type === 'header') session = item.session
  if (session === undefined) throw new Fault('internal', 'A whole file has a header.', { mend: 'Report it.' })
  return session
}

async function written(
  context: CommandContext,
  source: Source,
  from: SessionId,
  session: SessionId,
): Promise<Restored> {
  const { user, paths } = context
  const now = systemWorld().now()
  let clock: Millis = now
  await using log = await openLog({ path: paths.log, now: () => clock })
  const stream = streamName(user, session)
  const { events } = await log.read(stream, { limit: 1 })
  if (events.length > 0) throw taken(context, session, (await log.head(stream)) === undefined)
  const target = {
    log,
    stream,
    setClock(at: Millis) {
      clock = at
    },
  }
  markUnfinished(context, session)
  try {
    const restored = await restore(readSessionFile(source, now), from, target, now)
    markFinished(context)
    return restored
  } catch (cause) {
    clock = now
    const left = await withdraw(target).then(
      () => false,
      () => true,
    )
    if (!left) markFinished(context)
    throw cutOff(context, session, cause, left)
  }
}

/** The command again, under an id that is free. */
const again = ({ program, words }: CommandContext, session: SessionId) =>
  `${program} import ${words[0]} --as ${session.slice(0, 58)}-again`

const taken = (context: CommandContext, session: SessionId, deleted: boolean) =>
  new Fault(
    'conflict',
    deleted
      ? `A session ${session} was deleted here, and its id is not used again.`
      : `There is a session ${session} already.`,
    { mend: `Import it under another id: ${again(context, session)}` },
  )

function cutOff(context: CommandContext, session: SessionId, cause: unknown, left: boolean): Fault {
  const why = cause instanceof Error ? cause.message : 'unknown error'
  const room = `Make room, then: ${again(context, session)}`
  return left
    ? new Fault('storage_failed', `Only a part of ${session} could be written: ${why}`, {
        cause,
        mend: `The next import or start takes it away. ${room}`,
      })
    : new Fault('storage_failed', `${session} could not be written: ${why}`, {
        cause,
        mend: `Its beginning was taken away again, and its id with it. ${room}`,
      })
}
