import { orAborted } from '@nacre/kit'
import { type ClientFrame, type CommandType, type Replies, type SessionId, streamName, type World } from '@nacre/types'
import type { Budget } from './budget.js'
import { perform } from './commands.js'
import { type Context, findHead, NO_SESSION } from './context.js'
import { deliver } from './deliver.js'
import { createFetched } from './fetched.js'
import { parseFrame } from './frame.js'
import type { Outbox } from './outbox.js'
import { errorFrame, type Outcome, refusalOf, refuse } from './refusal.js'
import { createUpload } from './upload.js'

export type Conversation = {
  readonly world: World
  readonly context: Omit<Context, 'upload' | 'fetched'>
  /** For the blobs that clients are sending and fetching. */
  readonly blobs: Budget
  readonly limits: { readonly stallMs: number; readonly subscriptions: number }
}

/** One authenticated client: its commands one after the other, each before the next is read, and its subscriptions. */
export async function converse(
  messages: AsyncIterator<string | Uint8Array>,
  outbox: Outbox,
  conversation: Conversation,
  signal: AbortSignal,
): Promise<void> {
  const upload = createUpload(conversation.blobs)
  const fetched = createFetched(conversation.blobs)
  const context: Context = { ...conversation.context, upload, fetched }
  const subscriptions = createSubscriptions(outbox, conversation.world, context, conversation.limits)
  try {
    for (let next = await messages.next(); !next.done; next = await messages.next()) {
      await handle(next.value, outbox, subscriptions, context)
      // Who does not take its replies is not read any further: replies too are within the budget.
      if (outbox.full && (await orAborted(outbox.room(), signal)) === 'aborted') return
    }
  } finally {
    upload.close()
    fetched.letGo()
    await subscriptions.close()
  }
}

async function handle(
  message: string | Uint8Array,
  outbox: Outbox,
  subscriptions: Subscriptions,
  context: Context,
): Promise<void> {
  const parsed = parseFrame(message)
  if (parsed.type !== 'frame') {
    const words = parsed.type === 'bad' ? parsed.words : 'The hello was already said.'
    const { refused } = refuse('bad_frame', words)
    return outbox.send(errorFrame(refused, parsed.requestId === undefined ? {} : { request_id: parsed.requestId }))
  }
  const { request_id } = parsed.frame.payload
  const outcome = await settle(parsed.frame, subscriptions, context).catch((error: unknown) => ({
    refused: refusalOf(error),
  }))
  if ('refused' in outcome) return outbox.send(errorFrame(outcome.refused, { request_id }))
  outbox.send({ type: 'reply', payload: { request_id, result: outcome.result } })
  // Behind the reply: what comes after it is of this subscription, what came before it is not.
  if (parsed.frame.type === 'subscribe') subscriptions.open(parsed.frame.payload.session, parsed.frame.payload.after)
}

async function settle(
  frame: ClientFrame,
  subscriptions: Subscriptions,
  context: Context,
): Promise<Outcome<Replies[CommandType]>> {
  switch (frame.type) {
    case 'hello':
      return refuse('bad_frame', 'The hello was already said.')
    case 'subscribe':
      return subscriptions.admit(frame.payload.session)
    case 'unsubscribe':
      await subscriptions.end(frame.payload.session)
      return { result: {} }
    default:
      return perform(frame.type, frame.payload as never, context)
  }
}

type Subscriptions = ReturnType<typeof createSubscriptions>
type Open = { readonly stop: AbortController; readonly done: Promise<void> }

function createSubscriptions(outbox: Outbox, world: World, context: Context, limits: Conversation['limits']) {
  const open = new Map<SessionId, Open>()

  const end = async (session: SessionId) => {
    const entry = open.get(session)
    entry?.stop.abort()
    await entry?.done
  }

  return {
    end,
    /** Whether the session may be followed; what was followed of it before ends here. */
    async admit(session: SessionId): Promise<Outcome<Replies[CommandType]>> {
      if ((await findHead(context, session)) === undefined) return NO_SESSION
      await end(session)
      if (open.size < limits.subscriptions) return { result: {} }
      return refuse(
        'session_limit',
        `One connection follows at most ${limits.subscriptions} sessions.`,
        'Unsubscribe from one first.',
      )
    },
    open(session: SessionId, after: number): void {
      const stop = new AbortController()
      const delivery = { session, stream: streamName(context.user, session), after, signal: stop.signal }
      const done = deliver(delivery, { log: context.log, world, outbox, stallMs: limits.stallMs }).finally(() => {
        if (open.get(session)?.stop === stop) open.delete(session)
      })
      open.set(session, { stop, done })
    },
    async close(): Promise<void> {
      await Promise.all([...open.keys()].map(end))
    },
  }
}
