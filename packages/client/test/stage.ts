import {
  type Connection,
  connectionPair,
  createClient,
  type Dial,
  type SessionId,
  type SessionItem,
  systemWorld,
  userId,
  type World,
} from '@nacre/client'
import { createGateway, type GatewayOptions } from '@nacre/gateway'
import { memoryLog } from '@nacre/log/testing'
import type { NewSessionEvent } from '@nacre/session'
import { inputId, type Log, type StreamName, stepId, streamName, turnId } from '@nacre/types'

export const TOKEN = 'token-of-this-launch'
const USER = userId('alice')
export const streamOf = (session: SessionId): StreamName => streamName(USER, session)

/** The real world, except that a client's pauses between attempts take one turn of the event loop. */
export const hasty = (seed = 1): World => {
  const real = systemWorld()
  let state = seed
  return {
    ...real,
    random: () => {
      state = (state * 16807) % 2147483647
      return state / 2147483647
    },
    sleep: (ms, signal) => (ms < 5000 ? new Promise((resolve) => setImmediate(resolve)) : real.sleep(ms, signal)),
  }
}

export function openGateway(options: Partial<GatewayOptions> = {}) {
  const world = systemWorld()
  const log = options.log ?? memoryLog({ now: world.now })
  const gateway = createGateway({
    log,
    world,
    user: USER,
    token: TOKEN,
    server: 'nacre test',
    isolation: { tier: 'process', sealed: false, words: [] },
    model: 'offline/rules',
    workspace: '/shared',
    ...options,
  })
  const dial: Dial = async () => {
    const pair = connectionPair()
    gateway.accept(pair.server)
    return pair.client
  }
  return { gateway, log, dial }
}

export const clientOf = (dial: Dial, more: { world?: World; token?: () => string } = {}) =>
  createClient({ dial, token: more.token ?? (() => TOKEN), name: 'test', world: more.world ?? hasty() })

export type Fate = 'pass' | 'cut before' | 'cut after'
/** Judges each frame on its way; a cut ends the connection at once, and what was under way is lost. */
export type Fates = (frame: string, way: 'up' | 'down') => Fate

export const cuttable =
  (dial: Dial, fates: Fates): Dial =>
  async () =>
    cutter(await dial(), fates)

function cutter(inner: Connection, fates: Fates): Connection {
  let cut = false
  const end = () => {
    cut = true
    inner.close()
  }
  async function* messages() {
    for await (const frame of inner.messages) {
      const fate = cut ? 'cut before' : fates(frame, 'down')
      if (fate !== 'cut before') yield frame
      if (fate !== 'pass') return end()
    }
  }
  return {
    messages: messages(),
    send(frame) {
      if (cut) return
      const fate = fates(frame, 'up')
      if (fate !== 'cut before') inner.send(frame)
      if (fate !== 'pass') end()
    },
    close: end,
  }
}

export async function allEvents(log: Log, session: SessionId) {
  const events = []
  for (let end = false; !end; ) {
    const page = await log.read(streamOf(session), { after: events.at(-1)?.seq ?? 0 })
    events.push(...page.events)
    end = page.end
  }
  return events
}

export const text = (words: string) => [{ type: 'text' as const, text: words }]
export const queued = (input: string): NewSessionEvent => ({
  type: 'turn.queued',
  input: inputId(input),
  parts: text('x'),
  mode: 'queue',
  by: 't',
})
export const started = (turn: string): NewSessionEvent => ({ type: 'turn.started', turn: turnId(turn) })
export const stepStarted = (turn: string, step: string): NewSessionEvent => ({
  type: 'step.started',
  turn: turnId(turn),
  step: stepId(step),
  inputs: [inputId(turn)],
  provider: 'p',
  model: 'm',
})
export const stepFinished = (step: string, words: string): NewSessionEvent => ({
  type: 'step.finished',
  step: stepId(step),
  outcome: 'completed',
  parts: text(words),
})
export const turnFinished = (turn: string): NewSessionEvent => ({
  type: 'turn.finished',
  turn: turnId(turn),
  outcome: 'completed',
})
export const note = (words: string): NewSessionEvent => ({ type: 'notice.posted', level: 'info', text: words })

export const turnsOfLoop = async (count: number) => {
  for (let index = 0; index < count; index++) await new Promise((resolve) => setImmediate(resolve))
}

/** Takes items until one is the last. */
export async function until(
  items: AsyncIterable<SessionItem>,
  last: (item: SessionItem) => boolean,
): Promise<SessionItem[]> {
  const seen: SessionItem[] = []
  for await (const item of items) {
    seen.push(item)
    if (last(item)) break
  }
  return seen
}
