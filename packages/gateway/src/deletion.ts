import { fold, hasWork, lift, type NewSessionEvent, type SessionState, sessionOf } from '@nacre/session'
import { type Commands, Fault, type Head, PAGE_LIMIT, type Replies, type StreamName, streamName } from '@nacre/types'
import { type Context, findHead, NO_SESSION } from './context.js'
import { type Outcome, refuse } from './refusal.js'

/**
 * Deletes a session and its delegates, and is answered when their bytes are gone from the log. Asked for again it goes on
 * with what a crash has left, and is nothing where nothing is left.
 */
export async function deleteSession(
  { session }: Commands['delete_session'],
  context: Context,
): Promise<Outcome<Replies['delete_session']>> {
  const stream = streamName(context.user, session)
  const deleted: NewSessionEvent = { type: 'session.deleted', by: context.client }
  for (;;) {
    const head = await findHead(context, session)
    if (head === undefined) break
    if (await isBusy(head, context)) return BUSY
    // Behind what was judged: a turn that is asked for in between is not deleted under its client.
    const appended = await context.log.append(stream, [deleted], { expectedSeq: head.seq })
    if (appended.type === 'appended') break
  }
  try {
    await context.log.purge(stream)
  } catch (error) {
    if (error instanceof Fault && error.code === 'not_found') return NO_SESSION
    throw error
  }
  return { result: {} }
}

const BUSY: Outcome<never> = refuse(
  'session_busy',
  'A turn of this session or of one of its delegates is open, or waits.',
  'Cancel it first; then delete the session.',
)

/** Whether anything is open or waits in the session, its delegates or theirs. */
async function isBusy(head: Head, context: Context): Promise<boolean> {
  const heads = [head]
  for (const each of heads) {
    if (await isOpen(each, context)) return true
    heads.push(...(await context.log.heads(`${context.user}/`, { parent: sessionOf(each.stream) })))
  }
  return false
}

/** A head may say too long that an input waits: what is in the way of a deletion is what the fold says. */
async function isOpen({ stream, memo, openWork }: Head, context: Context): Promise<boolean> {
  if (memo.turn !== undefined) return true
  return openWork && hasWork(await stateOf(stream, context), context.now())
}

async function stateOf(stream: StreamName, { log }: Context): Promise<SessionState> {
  let state = fold([])
  for (let end = false; !end; ) {
    const page = await log.read(stream, { after: state.seq, limit: PAGE_LIMIT })
    state = fold(
      page.events.map((event) => lift(event)),
      state,
    )
    end = page.end
  }
  return state
}
