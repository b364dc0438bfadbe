import { fold, lift, type NewSessionEvent, selectionOf } from '@nacre/session'
import { type AgentSummary, inputId, type ModelSummary, sessionId, streamName, turnId, userId } from '@nacre/types'
import { describe, expect, it } from 'vitest'
import { joined, openGateway, text } from './stage.js'

const session = sessionId('s1')
const stream = streamName(userId('alice'), session)
const agent = (name: string, more: Partial<AgentSummary> = {}): AgentSummary => ({
  name,
  description: `is ${name}`,
  model: 'p/own',
  context_tokens: 1000,
  max_output_tokens: 100,
  budget: { turn: { limit_micro_usd: 5 } },
  ...more,
})
const model = (name: string, price?: number): ModelSummary => ({
  model: name,
  context_tokens: 1000,
  ...(price !== undefined && { input_usd_per_mtok: price, output_usd_per_mtok: price }),
})
const agents = [
  agent('default'),
  agent('researcher'),
  agent('strict', { refuses: ['p/cheap'] }),
  agent('free', { budget: {} }),
]
const models = [model('p/own', 1), model('p/cheap', 0), model('q/family/large', 2), model('q/unknown')]

async function opened(more = {}) {
  const { gateway, log } = openGateway({ agents, models, ...more })
  const peer = await joined(gateway)
  await peer.must('create_session', { session })
  const state = async () => fold((await log.read(stream)).events.map((event) => lift(event)))
  return { peer, log, state }
}

describe('selecting', () => {
  it('is on the log when it is acknowledged, under the client’s name, and shows in the list', async () => {
    const { peer, log } = await opened()
    const { seq } = await peer.must('select', { session, command: 'c1', agent: 'researcher', model: 'p/cheap' })
    expect((await log.read(stream)).events.at(-1)).toMatchObject({
      seq,
      type: 'session.selected',
      command: 'c1',
      agent: 'researcher',
      model: 'p/cheap',
      by: 'test',
    })
    const { sessions } = await peer.must('list_sessions', {})
    expect(sessions).toMatchObject([{ agent: 'researcher', model: 'p/cheap' }])
    await peer.must('select', { session, command: 'c2', agent: 'researcher' })
    expect((await peer.must('find_session', { prefix: 's1' })).session).not.toHaveProperty('model')
  })

  it('of an agent or a model that there is none of is refused with the nearest names, and changes nothing', async () => {
    const { peer, log } = await opened()
    const refused = (what: object) => peer.refused('select', { session, command: 'c', ...what })
    expect(await refused({ agent: 'reseacher' })).toMatchObject({
      code: 'agent_not_found',
      mend: expect.stringMatching(/^Did you mean researcher\? There are: default, researcher, strict, free/),
    })
    expect(await refused({ model: 'p/cheep' })).toMatchObject({
      code: 'model_not_found',
      mend: expect.stringContaining('Did you mean p/cheap?'),
    })
    expect((await refused({ model: 'family/large' })).mend).toContain('Did you mean q/family/large?')
    expect((await refused({ agent: 'default', model: 'x/y' })).code).toBe('model_not_found')
    expect((await refused({})).code).toBe('bad_frame')
    expect((await peer.refused('select', { session: 'nope', command: 'c', model: 'p/own' })).code).toBe(
      'session_not_found',
    )
    expect(JSON.stringify(await refused({ model: 'secret-in-the-wrong-place' }))).not.toContain('secret')
    expect((await log.read(stream)).events).toHaveLength(1)
  })

  it('of a model that the agent must not be answered by is refused, whether the agent is new or the session’s own', async () => {
    const { peer } = await opened()
    expect(await peer.refused('select', { session, command: 'a', agent: 'strict', model: 'p/cheap' })).toMatchObject({
      code: 'model_not_found',
      message: expect.stringContaining('strict must not be answered by p/cheap'),
    })
    await peer.must('select', { session, command: 'b', agent: 'strict' })
    expect((await peer.refused('select', { session, command: 'c', model: 'p/cheap' })).code).toBe('model_not_found')
    await peer.must('select', { session, command: 'd', model: 'p/own' })
  })

  it('of a model without a price says that limits in dollars do not hold, where there are any', async () => {
    const { peer, state } = await opened()
    await peer.must('select', { session, command: 'a', agent: 'free', model: 'q/unknown' })
    await peer.must('select', { session, command: 'b', agent: 'default', model: 'p/cheap' })
    expect((await state()).notices).toEqual([])
    await peer.must('select', { session, command: 'c', model: 'q/unknown' })
    expect((await state()).notices).toMatchObject([{ level: 'warning', text: expect.stringContaining('q/unknown') }])
    const limited = await opened({ day: { microUsd: 1 } })
    await limited.peer.must('select', { session, command: 'a', agent: 'free', model: 'q/unknown' })
    expect((await limited.state()).notices).toHaveLength(1)
  })

  it('that is sent twice is one to the fold', async () => {
    const { peer, state } = await opened()
    await peer.must('select', { session, command: 'a', model: 'p/cheap' })
    await peer.must('select', { session, command: 'b', model: 'p/own' })
    await peer.must('select', { session, command: 'a', model: 'p/cheap' })
    expect(selectionOf(await state()).model).toBe('p/own')
  })
})

it('the list of agents and models is what the gateway was told, and empty where it was told nothing', async () => {
  const { peer } = await opened()
  expect(await peer.must('list_agents', {})).toEqual({ agents, models })
  const bare = await joined(openGateway().gateway)
  expect(await bare.must('list_agents', {})).toEqual({ agents: [], models: [] })
})

describe('asking for a compaction', () => {
  it('queues an input that no model is told and that gives no title; the same one twice is one', async () => {
    const { peer, log, state } = await opened()
    const { seq } = await peer.must('compact', { session, input: 'i1' })
    expect((await log.read(stream)).events.at(-1)).toMatchObject({ seq, mode: 'compact', input: 'i1', by: 'test' })
    await peer.must('compact', { session, input: 'i1' })
    expect(await state()).toMatchObject({ queue: [{ input: 'i1', parts: text('/compact') }], title: '' })
    expect((await peer.must('find_session', { prefix: 's1' })).session).toMatchObject({ status: 'queued', title: '' })
    expect((await peer.refused('compact', { session: 'nope', input: 'i' })).code).toBe('session_not_found')
  })

  it('is refused like a message where too many wait', async () => {
    const { peer, log } = await opened()
    const queued = (n: number): NewSessionEvent => ({
      type: 'turn.queued',
      input: inputId(`q${n}`),
      parts: text('x'),
      mode: 'queue',
      by: 't',
    })
    const all = Array.from({ length: 256 }, (_, n) => queued(n))
    for (let at = 0; at < all.length; at += 64) await log.append(stream, all.slice(at, at + 64))
    expect((await peer.refused('compact', { session, input: 'i' })).code).toBe('queue_full')
  })

  it('can be cancelled as long as it waits', async () => {
    const { peer, log, state } = await opened()
    await log.append(stream, [
      { type: 'turn.queued', input: inputId('q'), parts: text('x'), mode: 'queue', by: 't' } as NewSessionEvent,
      { type: 'turn.started', turn: turnId('q') } as NewSessionEvent,
    ])
    await peer.must('compact', { session, input: 'i1' })
    await peer.must('cancel', { session, command: 'c', turn: 'i1' })
    expect((await state()).dropped).toMatchObject([{ input: 'i1', reason: 'withdrawn' }])
  })
})
