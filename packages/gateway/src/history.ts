import { type LiftedEvent, lift, pageBuilder, type TurnPage } from '@nacre/session'
import { type Commands, type Log, type Replies, type Seq, type StreamName, streamName } from '@nacre/types'
import { type Context, findHead, NO_SESSION } from './context.js'
import { type Outcome, refuse } from './refusal.js'

const BATCH = 256
/** A page is not made longer by one more turn than this. */
export const PAGE_BYTES = 1024 * 1024
/** One turn that is longer than this is not sent as a page: to write it as one frame would hold up all others. */
export const TURN_MIB = 4
const TURN_BYTES = TURN_MIB * 1024 * 1024

/** Whole turns, newest page first: as many as were asked for, or fewer where they are long, but at least one. */
export async function history(payload: Commands['history'], context: Context): Promise<Outcome<Replies['history']>> {
  const { session, before, turns } = payload
  if ((await findHead(context, session)) === undefined) return NO_SESSION
  const page = await readPage(context.log, streamName(context.user, session), turns, before)
  if (page !== undefined) return { result: page }
  return refuse(
    'input_too_large',
    `A turn of this session has more than ${TURN_MIB} MiB.`,
    'Subscribe from 0 and read it as a stream.',
  )
}

async function readPage(
  log: Log,
  stream: StreamName,
  turns: number,
  before: Seq | undefined,
): Promise<TurnPage | undefined> {
  let builder = pageBuilder(turns)
  const seen: LiftedEvent[] = []
  let bytes = 0
  let whole = 0
  let cut = false

  for (let from = before; ; ) {
    const range = { limit: BATCH, newestFirst: true, ...(from !== undefined && { before: from }) }
    const { events, end } = await log.read(stream, range)
    for (const stored of events) {
      const event = lift(stored)
      if (builder.add([event])) return builder.page()
      if (cut || whole === turns) continue
      seen.push(event)
      bytes += Buffer.byteLength(JSON.stringify(event))
      if (event.type === 'turn.started') whole += 1
      if (bytes > TURN_BYTES && whole === 0) return undefined
      if (bytes <= PAGE_BYTES || whole === 0) continue
      // Enough for one frame: what was read is given again to a builder that wants only the turns that are whole.
      cut = true
      builder = pageBuilder(whole)
      if (builder.add(seen)) return builder.page()
      seen.length = 0
    }
    from = events.at(-1)?.seq
    if (end || from === undefined) return builder.page()
  }
}
