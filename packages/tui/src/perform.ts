import type { Client, ContentPart, SessionSummary, World } from '@nacre/client'
import type { Line } from './drawn/line.js'
import type { Effect, Errand, Happening, Opening } from './happening.js'
import type { Place } from './place.js'
import { search } from './search.js'
import type { Attachment } from './typed/attachment.js'
import { archivedLines, errorLines, inQuotes, saidLines, stoppedLines, usageLines } from './words.js'

/** Effects that are one request: what came of it, if there is anything to tell. A failure is told, never thrown. */
export type Request = Exclude<Effect, { type: 'follow' | 'end' } | Errand>

export type RequestPorts = {
  readonly client: () => Client | Promise<Client>
  readonly world: World
  readonly place: () => Promise<Place>
}

export async function perform(effect: Request, ports: RequestPorts): Promise<Happening | undefined> {
  try {
    const client = ports.client()
    return await request(client instanceof Promise ? await client : client, effect, ports)
  } catch (error) {
    return failed(effect, error)
  }
}

async function request(
  client: Client,
  effect: Request,
  { world, place }: RequestPorts,
): Promise<Happening | undefined> {
  switch (effect.type) {
    case 'connect':
      return { type: 'connected', hello: await client.connected() }
    case 'open':
      return await open(client, effect.how)
    case 'send': {
      const { session, text, attachments, mode } = effect
      const parts =
        attachments.length === 0 ? text : [textPart(text), ...(await blobsOf(client, attachments, await place()))]
      const { seq } = await client.send(session.session, parts, { mode })
      return { type: 'sent', id: effect.id, seq }
    }
    case 'approve':
      return void (await client.approve(effect.session.session, effect.asked, effect.scope))
    case 'deny':
      return void (await client.deny(effect.session.session, effect.asked))
    case 'answer':
      return void (await client.answer(effect.session.session, effect.question, effect.text))
    case 'cancel':
      return void (await client.cancel(effect.session.session, effect.turn))
    case 'cancel-all':
      return { type: 'said', lines: stoppedLines(await client.cancelAll()) }
    case 'status':
      return { type: 'health', health: await client.request('health', {}) }
    case 'list':
      return { type: 'listed', sessions: await client.sessions(), at: world.now(), pick: effect.pick }
    case 'agents':
      return { type: 'agents', agents: await client.agents(), pick: effect.pick }
    case 'select':
      await client.select(effect.session.session, effect.choice)
      return said(`From the next turn on: ${effect.choice.model ?? `the agent ${effect.choice.agent}`}.`)
    case 'rename':
      await client.rename(effect.session.session, effect.title)
      return said(`This session is called ${inQuotes(effect.title)} now.`)
    case 'compact':
      return void (await client.compact(effect.session.session))
    case 'usage': {
      const usage = await client.usage(effect.session.session)
      return { type: 'usage', session: effect.session.session, usage, lines: effect.tell ? usageLines(usage) : [] }
    }
    case 'search':
      return { type: 'said', lines: await search(client, effect.session.session, effect.text) }
    default:
      return effect satisfies never
  }
}

const said = (text: string): Happening => ({ type: 'said', lines: saidLines(text) })

const textPart = (text: string): ContentPart => ({ type: 'text', text })

/** What is attached is stored first: a message names it. */
async function blobsOf(client: Client, attachments: readonly Attachment[], place: Place): Promise<ContentPart[]> {
  const blobs: ContentPart[] = []
  for (const { source, mediaType, name } of attachments) {
    const bytes = source.type === 'file' ? await place.readFile(source.path) : source.bytes
    blobs.push(await client.putBlob(bytes, { mediaType, preview: name }))
  }
  return blobs
}

function failed(effect: Request, error: unknown): Happening {
  switch (effect.type) {
    case 'connect':
      return { type: 'broken', error }
    case 'open':
      return effect.how.type === 'join'
        ? { type: 'broken', error }
        : { type: 'stayed', lines: [...errorLines('the session was not opened', error), ...wayOut(effect)] }
    case 'send':
      return { type: 'unsent', id: effect.id, lines: errorLines(`not sent: ${inQuotes(effect.text)}`, error) }
    case 'approve':
    case 'deny':
    case 'answer':
      return { type: 'unresolved', lines: errorLines('your answer was not taken', error) }
    default:
      // What a face asks for by itself may be asked again; nobody waits for it.
      return {
        type: 'said',
        lines: isAsked(effect) ? [...errorLines(FAILURES[effect.type], error), ...wayOut(effect)] : [],
      }
  }
}

/** A gateway knows no slash commands. */
function wayOut(effect: Request): Line[] {
  if (effect.type === 'select') return saidLines('  /model and /agent alone list what there is.')
  const isNamed = effect.type === 'open' && effect.how.type === 'switch'
  return isNamed ? saidLines('  /sessions lists them; those that were put away: runner sessions --archived') : []
}

type Told = Exclude<Request['type'], 'connect' | 'open' | 'send' | 'approve' | 'deny' | 'answer'>
const FAILURES: Readonly<Record<Told, string>> = {
  cancel: 'not cancelled',
  'cancel-all': 'not cancelled',
  status: 'the daemon does not answer',
  list: 'the sessions are not known',
  agents: 'agents and models are not known',
  select: 'not changed',
  rename: 'not renamed',
  compact: 'not summed up',
  usage: 'what was used is not known',
  search: 'the search failed',
}

const isAsked = (effect: Request): boolean =>
  !(effect.type === 'list' && !effect.pick) &&
  !(effect.type === 'usage' && !effect.tell) &&
  !(effect.type === 'agents' && effect.pick === undefined)

/** Joins what was asked for, else the session of the person's own that was used last, else a new one. */
async function open(client: Client, how: Opening): Promise<Happening> {
  const session = await opened(client, how)
  if (how.type !== 'archive') return { type: 'joined', session }
  return { type: 'joined', session, before: archivedLines(how.session) }
}

async function opened(client: Client, how: Opening): Promise<SessionSummary> {
  switch (how.type) {
    case 'new':
      return client.createSession({
        ...(how.title !== '' && { title: how.title }),
        ...(how.agent !== undefined && { agent: how.agent }),
      })
    case 'fork':
      return client.fork(how.session, how.upTo)
    case 'archive':
      await client.archive(how.session.session)
      return latest(client)
    case 'switch':
      return client.find(how.prefix)
    case 'join':
      return how.prefix === undefined ? latest(client) : client.find(how.prefix)
    default:
      return how satisfies never
  }
}

async function latest(client: Client): Promise<SessionSummary> {
  const [first, ...others] = (await client.sessions()).filter(({ parent }) => parent === undefined)
  if (first === undefined) return client.createSession()
  return others.reduce((newest, session) => (session.updated_at > newest.updated_at ? session : newest), first)
}
