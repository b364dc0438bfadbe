import type { NewSessionEvent } from '@nacre/session'
import { callId, commandId, inputId, sessionId, streamName, turnId, userId } from '@nacre/types'
import { beforeEach, describe, expect, it } from 'vitest'
import { joined, openGateway, type Peer, text } from './stage.js'

const alice = userId('alice')
const session = sessionId('s1')
const stream = streamName(alice, session)
let { log, gateway } = openGateway()
let peer: Peer
beforeEach(async () => {
  const stage = openGateway()
  log = stage.log
  gateway = stage.gateway
  peer = await joined(gateway)
  await peer.must('create_session', { session, title: 'First' })
})
const append = (...events: NewSessionEvent[]) => log.append(stream, events)
const types = async () => (await log.read(stream)).events.map((event) => event.type)
const queued = (input: string): NewSessionEvent => ({
  type: 'turn.queued',
  input: inputId(input),
  parts: text('x'),
  mode: 'queue',
  by: 't',
})
const started: NewSessionEvent = { type: 'turn.started', turn: turnId('i1') }
const finished: NewSessionEvent = { type: 'turn.finished', turn: turnId('i1'), outcome: 'completed' }
const listed = async (more: { archived?: boolean } = {}) =>
  (await peer.must('list_sessions', more)).sessions.map(({ session }) => `${session}`)
const makeDelegate = (name: string, parent: string, ...more: NewSessionEvent[]) =>
  log.append(streamName(alice, sessionId(name)), [
    {
      type: 'session.created',
      title: '',
      agent: 'default',
      parent: { session: sessionId(parent), call: callId('c'), root: session, depth: 1 },
    } satisfies NewSessionEvent,
    { type: 'delivery.finished', turn: turnId('goal'), to: sessionId(parent) } satisfies NewSessionEvent,
    ...more,
  ])

describe('a name', () => {
  it('is given when that is acknowledged, by the client that gave it', async () => {
    const { seq } = await peer.must('rename_session', { session, command: 'c1', title: 'Boat' })
    expect((await log.read(stream)).events.at(-1)).toMatchObject({
      type: 'session.renamed',
      title: 'Boat',
      by: 'test',
      seq,
    })
    expect((await peer.must('find_session', { prefix: 'Boat' })).session).toMatchObject({ session, title: 'Boat' })
    await peer.must('send', { session, input: 'i1', parts: text('hello'), mode: 'queue' })
    expect((await log.head(stream))?.title).toBe('Boat')
  })

  it('that comes twice is one event, and is acknowledged with its seq; so is a flag', async () => {
    const rename = { session, command: 'c1', title: 'Boat' }
    const archive = { session, command: 'c2', archived: true }
    const replies = [await peer.must('rename_session', rename), await peer.must('archive_session', archive)]
    await peer.must('rename_session', { session, command: 'c3', title: 'Raft' })
    expect([await peer.must('rename_session', rename), await peer.must('archive_session', archive)]).toEqual(replies)
    expect(await types()).toEqual(['session.created', 'session.renamed', 'session.archived', 'session.renamed'])
  })

  it('has 1 to 200 characters, and a session that is there', async () => {
    for (const title of ['', '  ', 'x'.repeat(201)])
      expect(await peer.refused('rename_session', { session, command: 'c1', title })).toMatchObject({
        code: 'bad_frame',
        message: expect.stringContaining('payload.title'),
      })
    for (const type of ['rename_session', 'archive_session', 'delete_session'] as const) {
      const more = { rename_session: { title: 'x' }, archive_session: { archived: true }, delete_session: {} }[type]
      const command = type === 'delete_session' ? {} : { command: 'c1' }
      expect(await peer.refused(type, { session: 'nope', ...command, ...more })).toMatchObject({
        code: 'session_not_found',
      })
    }
    expect((await log.heads('alice/')).map(({ stream }) => stream)).toEqual([stream])
  })
})

describe('the archive', () => {
  it('is left out of lists, and found; what is sent brings a session back', async () => {
    await peer.must('create_session', { session: sessionId('s2') })
    await peer.must('archive_session', { session, command: 'c1', archived: true })
    expect([await listed(), await listed({ archived: false }), await listed({ archived: true })]).toEqual([
      ['s2'],
      ['s2'],
      ['s1', 's2'],
    ])
    expect((await peer.must('find_session', { prefix: 'First' })).session).toMatchObject({ session, archived: true })
    await peer.must('send', { session, input: 'i1', parts: text('hello'), mode: 'queue' })
    expect(await listed()).toEqual(['s1', 's2'])
    expect((await peer.must('find_session', { prefix: 's1' })).session).not.toHaveProperty('archived')
    await peer.must('archive_session', { session, command: 'c2', archived: true })
    await peer.must('archive_session', { session, command: 'c3', archived: false })
    expect(await listed()).toEqual(['s1', 's2'])
  })

  it('counts to the limit, and its sessions are followed like others', async () => {
    const small = openGateway({ limits: { sessions: 1 } })
    const other = await joined(small.gateway)
    await other.must('create_session', { session })
    await other.must('archive_session', { session, command: 'c1', archived: true })
    expect(await other.refused('create_session', { session: 's2' })).toMatchObject({ code: 'session_limit' })
    await other.must('subscribe', { session, after: 1 })
    expect(await other.item()).toMatchObject({ event: { type: 'session.archived' } })
    await small.gateway.close()
  })
})

describe('deleting', () => {
  it('leaves no session, no matter how often it is asked for, and makes room for another', async () => {
    const small = openGateway({ limits: { sessions: 1 } })
    const other = await joined(small.gateway)
    await other.must('create_session', { session, title: 'secret' })
    const blob = await small.log.blobs.put(Buffer.from('bytes'))
    const prefix: NewSessionEvent = { type: 'prefix.set', hash: blob, reason: 'test' }
    await small.log.append(stream, [prefix])
    for (let times = 0; times < 3; times++) expect(await other.must('delete_session', { session })).toEqual({})
    expect(await other.must('list_sessions', { archived: true })).toEqual({ sessions: [] })
    expect(await other.must('health', {})).toMatchObject({ sessions: 0 })
    for (const prefix of ['s1', 'secret'])
      expect(await other.refused('find_session', { prefix })).toMatchObject({ code: 'session_not_found' })
    const gone = { code: 'session_not_found' }
    expect(await other.refused('subscribe', { session, after: 0 })).toMatchObject(gone)
    expect(await other.refused('history', { session, turns: 1 })).toMatchObject(gone)
    expect(await other.refused('send', { session, input: 'i', parts: text('x'), mode: 'queue' })).toMatchObject(gone)
    expect(await other.refused('rename_session', { session, command: 'c', title: 'x' })).toMatchObject(gone)
    expect(await other.refused('fork_session', { session, target: 's3', up_to: 1 })).toMatchObject(gone)
    expect(await other.refused('create_session', { session })).toMatchObject({
      code: 'session_exists',
      message: expect.stringContaining('deleted'),
    })
    expect(await small.log.blobs.get(blob)).toBeUndefined()
    await other.must('create_session', { session: sessionId('s2') })
    await small.gateway.close()
  })

  it('is refused while a turn is open or queued, and done when it is not', async () => {
    const busy = { code: 'session_busy', retryable: true, mend: expect.stringContaining('Cancel it first') }
    await append(queued('i1'))
    expect(await peer.refused('delete_session', { session })).toMatchObject(busy)
    await append(started)
    expect(await peer.refused('delete_session', { session })).toMatchObject(busy)
    expect(await types()).toEqual(['session.created', 'turn.queued', 'turn.started'])
    await append(finished)
    await peer.must('delete_session', { session })
  })

  it('is not stopped by an input that was cancelled though the head cannot tell', async () => {
    await append(queued('i1'))
    await peer.must('cancel', { session, command: 'c1' })
    expect((await log.head(stream))?.status).toBe('queued')
    await peer.must('delete_session', { session })
  })

  it('takes delegates with it, and waits for them', async () => {
    await makeDelegate('d1', 's1')
    await makeDelegate('d2', 'd1', queued('i1'), started)
    await makeDelegate('d3', 'other')
    expect(await peer.refused('delete_session', { session })).toMatchObject({ code: 'session_busy' })
    expect((await listed()).toSorted()).toEqual(['d1', 'd2', 'd3', 's1'])
    await log.append(streamName(alice, sessionId('d2')), [finished])
    await peer.must('delete_session', { session })
    expect(await listed()).toEqual(['d3'])
    await peer.must('delete_session', { session: sessionId('d3') })
    expect(await peer.must('health', {})).toMatchObject({ sessions: 0 })
  })

  it('tells who follows as the last thing, and ends what they followed', async () => {
    const other = await joined(gateway)
    await other.must('subscribe', { session, after: 1 })
    expect(await other.item()).toEqual({ kind: 'live' })
    await peer.must('delete_session', { session })
    expect(await other.item()).toMatchObject({ kind: 'stored', event: { type: 'session.deleted', by: 'test' } })
    log.publish(stream, { type: 'text.delta' })
    const before = other.seen.length
    await other.must('unsubscribe', { session })
    await other.must('health', {})
    expect(other.seen.slice(before).map(({ type }) => type)).toEqual(['reply', 'reply'])
  })

  it('goes on where a crash has left it', async () => {
    await makeDelegate('d1', 's1')
    await append({ type: 'session.deleted', by: 'test' })
    expect(await listed()).toEqual(['d1'])
    expect(await peer.must('delete_session', { session })).toEqual({})
    expect(await listed()).toEqual([])
  })

  it('does not take what was sent in the moment before', async () => {
    const append = log.append.bind(log)
    let sneaked = false
    const racing = Object.assign(Object.create(log), {
      append: async (...args: Parameters<typeof append>) => {
        if (args[1][0]?.type === 'session.deleted' && !sneaked) {
          sneaked = true
          await append(stream, [queued('i1')])
        }
        return append(...args)
      },
    })
    const { gateway: raced } = openGateway({ log: racing })
    const other = await joined(raced)
    expect(await other.refused('delete_session', { session })).toMatchObject({ code: 'session_busy' })
    expect(await types()).toEqual(['session.created', 'turn.queued'])
    await raced.close()
  })

  it('of the ledger is no command', async () => {
    expect(await peer.refused('delete_session', { session: 'ledger' })).toMatchObject({ code: 'bad_frame' })
    await append({ type: 'turn.cancel_requested', command: commandId('c'), by: 't' })
  })
})
