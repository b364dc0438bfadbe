import type { Client, SessionSummary } from '@nacre/client'
import type { Effect, Happening, Opening } from './happening.js'
import { errorLines, inQuotes, sessionLines } from './words.js'

/** Effects that are one request: what came of it, if there is anything to tell. A failure is told, never thrown. */
export type Request = Exclude<Effect, { type: 'follow' | 'end' }>

export async function perform(client: Client, effect: Request): Promise<Happening | undefined> {
  try {
    return await request(client, effect)
  } catch (error) {
    return failed(effect, error)
  }
}

async function request(client: Client, effect: Request): Promise<Happening | undefined> {
  switch (effect.type) {
    case 'connect':
      return { type: 'connected', hello: await client.connected() }
    case 'open':
      return { type: 'joined', session: await open(client, effect.how) }
    case 'send': {
      const { seq } = await client.send(effect.session.session, effect.text)
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
    case 'status':
      return { type: 'health', health: await client.request('health', {}) }
    case 'list':
      return { type: 'said', lines: sessionLines(await client.sessions(), effect.current) }
    default:
      return effect satisfies never
  }
}

function failed(effect: Request, error: unknown): Happening {
  switch (effect.type) {
    case 'connect':
      return { type: 'broken', error }
    case 'open':
      return effect.how.type === 'join'
        ? { type: 'broken', error }
        : { type: 'stayed', lines: errorLines('the session was not opened', error) }
    case 'send':
      return { type: 'unsent', id: effect.id, lines: errorLines(`not sent: ${inQuotes(effect.text)}`, error) }
    case 'approve':
    case 'deny':
    case 'answer':
      return { type: 'unresolved', lines: errorLines('your answer was not taken', error) }
    case 'cancel':
      return { type: 'said', lines: errorLines('not cancelled', error) }
    case 'status':
      return { type: 'said', lines: errorLines('the daemon does not answer', error) }
    case 'list':
      return { type: 'said', lines: errorLines('the sessions are not known', error) }
    default:
      return effect satisfies never
  }
}

/** Joins what was asked for, else the session of the person's own that was used last, else a new one. */
async function open(client: Client, how: Opening): Promise<SessionSummary> {
  if (how.type === 'new') return client.createSession(how.title === '' ? {} : { title: how.title })
  if (how.prefix !== undefined) return client.find(how.prefix)
  const [first, ...others] = (await client.sessions()).filter(({ parent }) => parent === undefined)
  if (first === undefined) return client.createSession()
  return others.reduce((latest, session) => (session.updated_at > latest.updated_at ? session : latest), first)
}
