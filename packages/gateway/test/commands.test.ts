import { fold, lift, type NewSessionEvent } from '@nacre/session'
import { callId, commandId, inputId, LEDGER, sessionId, stepId, streamName, turnId, userId } from '@nacre/types'
import { beforeEach, describe, expect, it } from 'vitest'
import { joined, openGateway, type Peer, text } from './stage.js'

const session = sessionId('s1')
const stream = streamName(userId('alice'), session)
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
const called: readonly NewSessionEvent[] = [
  queued('i1'),
  { type: 'turn.started', turn: turnId('i1') },
  {
    type: 'step.started',
    turn: turnId('i1'),
    step: stepId('i1.1'),
    inputs: [inputId('i1')],
    provider: 'p',
    model: 'm',
  },
  {
    type: 'step.finished',
    step: stepId('i1.1'),
    outcome: 'completed',
    parts: [{ type: 'call', call: callId('i1.1.0'), name: 'shell_exec', argsText: '{}' }],
  },
]

describe('sending', () => {
  it('is on the log when it is acknowledged, in the words of the event and under the client’s name', async () => {
    const { seq } = await peer.must('send', { session, input: 'i1', parts: text('hello'), mode: 'steer' })
    const { events } = await log.read(stream)
    expect(events.at(-1)).toMatchObject({
      seq,
      type: 'turn.queued',
      input: 'i1',
      parts: text('hello'),
      mode: 'steer',
      by: 'test',
    })
  })

  it('to a session that is not there is refused, and makes none', async () => {
    expect(await peer.refused('send', { session: 'nope', input: 'i', parts: text('x'), mode: 'queue' })).toMatchObject({
      code: 'session_not_found',
    })
    expect(await log.heads('alice/')).toHaveLength(1)
  })

  it('of more than an append takes is refused as too large', async () => {
    const parts = Array.from({ length: 16 }, () => ({ type: 'text', text: 'é'.repeat(16_000) }))
    expect(await peer.refused('send', { session, input: 'i', parts, mode: 'queue' })).toMatchObject({
      code: 'input_too_large',
      mend: 'Put it into a file in the workspace, and name the file.',
    })
    await peer.must('health', {})
  })

  it('to a session where 256 inputs wait is refused until one is gone; a repeated one is acknowledged', async () => {
    const ids = Array.from({ length: 256 }, (_, index) => `i${index}`)
    for (let at = 0; at < ids.length; at += 64) await append(...ids.slice(at, at + 64).map(queued))
    const send = (input: string) => peer.ask('send', { session, input, parts: text('x'), mode: 'steer' })
    expect((await send('late')).payload).toMatchObject({
      code: 'queue_full',
      retryable: true,
      mend: expect.stringMatching(/wait.*cancel/i),
    })
    for (const again of ['i0', 'i255'])
      expect((await send(again)).payload).toMatchObject({ result: { seq: ids.indexOf(again) + 2 } })
    await peer.must('cancel', { session, command: 'c1', turn: 'i7' })
    expect(await send('late')).toMatchObject({ type: 'reply' })
    expect(await send('later')).toMatchObject({ payload: { code: 'queue_full' } })
    expect((await log.head(stream))?.memo.queued).toHaveLength(256)
  })

  it('keeps the order of one client', async () => {
    const sent = Array.from({ length: 50 }, (_, index) => `i${index}`)
    for (const input of sent) {
      peer.say(
        JSON.stringify({
          type: 'send',
          payload: { request_id: input, session, input, parts: text('x'), mode: 'queue' },
        }),
      )
    }
    await peer.must('health', {})
    const { events } = await log.read(stream)
    expect(events.slice(1).map((event) => ('input' in event ? event.input : ''))).toEqual(sent)
  })
})

describe('cancelling', () => {
  it('asks for it in one session, or in all that have something to do', async () => {
    const other = sessionId('s2')
    await peer.must('create_session', { session: other })
    await append(queued('i1'))
    expect(await peer.must('cancel', { session, command: 'c1', turn: 'i9' })).toMatchObject({ seq: expect.any(Number) })
    expect(await peer.must('cancel_all', { command: 'c2' })).toEqual({ cancelled: 1 })
    expect((await log.read(stream)).events.slice(-2)).toMatchObject([
      { type: 'turn.cancel_requested', command: 'c1', turn: 'i9', by: 'test' },
      { type: 'turn.cancel_requested', command: 'c2.i1', turn: 'i1', by: 'test' },
    ])
    expect((await log.read(streamName(userId('alice'), other))).events).toHaveLength(1)
  })
})

it('cancelling all withdraws what waits, of every session, and cancels what runs, but nothing that comes afterwards', async () => {
  const other = sessionId('s2')
  await peer.must('create_session', { session: other })
  await append(...called)
  const many = Array.from({ length: 100 }, (_, n) => queued(`w${n}`))
  await append(...many.slice(0, 50))
  await append(...many.slice(50))
  await log.append(streamName(userId('alice'), other), [queued('o1'), queued('o2')])
  expect(await peer.must('cancel_all', { command: 'c' })).toEqual({ cancelled: 2 })
  await append(queued('later'))
  const stateOf = async (name: typeof session) =>
    fold((await log.read(streamName(userId('alice'), name))).events.map((event) => lift(event)))
  const [first, second] = [await stateOf(session), await stateOf(other)]
  expect([first.open?.cancelRequested, first.queue.map(({ input }) => input)]).toEqual([true, ['later']])
  expect([second.queue, second.dropped.map(({ reason }) => reason)]).toEqual([[], ['withdrawn', 'withdrawn']])
  const cancels = (await log.read(stream)).events.filter(({ type }) => type === 'turn.cancel_requested')
  expect(cancels.at(-1)).toMatchObject({ turn: 'i1' }) // What runs last, or what waits would begin.
})

describe('deciding', () => {
  it('lists the newest thousand of what is approved for all sessions', async () => {
    const approved = (index: number): NewSessionEvent => ({
      type: 'approval.resolved',
      command: commandId(`c${index}`),
      call: callId('i1.1.0'),
      hash: index.toString(16).padStart(64, '0'),
      verdict: 'approved',
      scope: 'always',
      by: 't',
    })
    const ledger = streamName(userId('alice'), LEDGER)
    for (let index = 0; index <= 1000; index += 1) await log.append(ledger, [approved(index)])
    const { approvals } = await peer.must('list_approvals', {})
    expect(approvals).toHaveLength(1000)
    expect(approvals.at(-1)).toMatchObject({ hash: (1000).toString(16).padStart(64, '0') })
  })

  it('needs an open approval; the same decision again is acknowledged, another one finds nothing', async () => {
    await append(...called)
    const call = 'i1.1.0'
    const hash = 'a'.repeat(64)
    expect(await peer.refused('approve', { session, command: 'c0', call, hash, scope: 'once' })).toMatchObject({
      code: 'approval_not_found',
    })
    await append({ type: 'approval.requested', call: callId(call), name: 'shell_exec', hash, safety: 'privileged' })
    const other = { session, command: 'c3', call, hash: 'b'.repeat(64), scope: 'once' } as const
    expect(await peer.refused('approve', other)).toMatchObject({
      code: 'approval_not_found',
      message: expect.stringContaining('other arguments'),
    })
    const { seq } = await peer.must('approve', { session, command: 'c1', call, hash, scope: 'session' })
    expect((await log.read(stream)).events.at(-1)).toMatchObject({
      seq,
      type: 'approval.resolved',
      command: 'c1',
      call,
      hash,
      verdict: 'approved',
      scope: 'session',
      by: 'test',
    })
    expect(await peer.must('approve', { session, command: 'c1', call, hash, scope: 'session' })).toEqual({ seq })
    expect(await peer.refused('deny', { session, command: 'c2', call, hash })).toMatchObject({
      code: 'approval_not_found',
    })
    expect((await types()).filter((type) => type === 'approval.resolved')).toHaveLength(1)
  })

  it('refuses an answer whose time is over, and one that a delegate has to give', async () => {
    const hash = 'a'.repeat(64)
    const call = callId('i1.1.0')
    await append(...called)
    await append({ type: 'approval.requested', call, name: 'shell_exec', hash, safety: 'privileged', expiresAt: 1 })
    const late = { session, command: 'c1', call, hash, scope: 'once' } as const
    expect(await peer.refused('approve', late)).toMatchObject({
      code: 'approval_not_found',
      message: expect.stringContaining('in time'),
    })
    const child = sessionId('d-child')
    const parent = { session, call, root: session, depth: 1 }
    const created: NewSessionEvent = { type: 'session.created', title: '', agent: 'default', parent }
    await log.append(streamName(userId('alice'), child), [created])
    const forged = { session, command: 'c2', question: child, parts: text('mine') }
    expect(await peer.refused('answer', forged)).toMatchObject({
      code: 'question_not_found',
      message: expect.stringContaining('delegate'),
    })
    expect(await types()).not.toContain('question.answered')
  })

  it('works for questions the same', async () => {
    await append(...called, { type: 'question.asked', question: 'q1', call: callId('i1.1.0'), parts: text('Which?') })
    expect(await peer.refused('answer', { session, command: 'c1', question: 'q2', parts: text('a') })).toMatchObject({
      code: 'question_not_found',
    })
    const { seq } = await peer.must('answer', { session, command: 'c1', question: 'q1', parts: text('a') })
    expect(await peer.must('answer', { session, command: 'c1', question: 'q1', parts: text('a') })).toEqual({ seq })
    expect(await peer.refused('answer', { session, command: 'c2', question: 'q1', parts: text('b') })).toMatchObject({
      code: 'question_not_found',
    })
  })
})

describe('sessions', () => {
  it('are created once; the same creation again succeeds until the session is used', async () => {
    const made = await peer.must('create_session', { session: sessionId('s2'), title: 'T' })
    expect(made.session).toMatchObject({ session: 's2', title: 'T', agent: 'default', status: 'idle' })
    expect(await peer.must('create_session', { session: sessionId('s2'), title: 'T' })).toEqual(made)
    expect(await peer.refused('create_session', { session: 's2', title: 'Other' })).toMatchObject({
      code: 'session_exists',
    })
    await peer.must('send', { session: sessionId('s2'), input: 'i', parts: text('x'), mode: 'queue' })
    expect(await peer.refused('create_session', { session: 's2', title: 'T' })).toMatchObject({
      code: 'session_exists',
    })
  })

  it('are found by id, by a beginning that no other has, or by title', async () => {
    for (const id of ['abc-1', 'abd-2', 'abd'])
      await peer.must('create_session', { session: sessionId(id), title: id === 'abc-1' ? 'Budget' : '' })
    const find = async (prefix: string) => (await peer.must('find_session', { prefix })).session.session
    expect(await find('abc')).toBe('abc-1')
    expect(await find('abd')).toBe('abd')
    expect(await find('Budget')).toBe('abc-1')
    expect(await peer.refused('find_session', { prefix: 'zz' })).toMatchObject({ code: 'session_not_found' })
    const { code, message } = await peer.refused('find_session', { prefix: 'ab' })
    expect(code).toBe('session_ambiguous')
    for (const name of ['abc-1', 'Budget', 'abd-2', 'abd']) expect(message).toContain(name)
    expect((await peer.must('list_sessions', {})).sessions.map(({ session }) => session).toSorted()).toEqual([
      'abc-1',
      'abd',
      'abd-2',
      's1',
    ])
  })

  it('are forked at a seq; the same fork again succeeds until it is used', async () => {
    await append(queued('i1'))
    const [, second] = (await log.read(stream)).events
    const fork = { session, target: sessionId('f1'), up_to: second?.seq ?? 0 }
    const made = await peer.must('fork_session', fork)
    expect(made.session).toMatchObject({ session: 'f1', title: 'First', status: 'idle' })
    expect(await peer.must('fork_session', fork)).toEqual(made)
    expect(await peer.refused('fork_session', { ...fork, up_to: 1 })).toMatchObject({ code: 'session_exists' })
    expect(await peer.refused('fork_session', { ...fork, target: 'f3', up_to: 99_999 })).toMatchObject({
      message: expect.stringMatching(/^The session ends at \d+: /u),
      mend: expect.stringContaining('from 1 to'),
    })
    expect(await peer.refused('fork_session', { ...fork, session: 'nope', target: 'f2' })).toMatchObject({
      code: 'session_not_found',
    })
    await peer.must('send', { session: sessionId('f1'), input: 'i9', parts: text('x'), mode: 'queue' })
    expect(await peer.refused('fork_session', fork)).toMatchObject({ code: 'session_exists' })
  })

  it('have a limit in number', async () => {
    const small = openGateway({ limits: { sessions: 1 } })
    const alice = await joined(small.gateway)
    await alice.must('create_session', { session })
    expect(await alice.refused('create_session', { session: 's2' })).toMatchObject({
      code: 'session_limit',
      mend: 'Delete one that you need no more, or go on in one that exists; the limit cannot be configured.',
    })
    expect(await alice.refused('fork_session', { session, target: 's2', up_to: 1 })).toMatchObject({
      code: 'session_limit',
    })
    await small.gateway.close()
  })
})

describe('following', () => {
  it('gives what is stored after a seq, says live once, then gives what comes', async () => {
    await append(queued('i1'))
    await peer.must('subscribe', { session, after: 1 })
    expect(await peer.item()).toMatchObject({ kind: 'stored', event: { type: 'turn.queued' } })
    expect(await peer.item()).toEqual({ kind: 'live' })
    await append({ type: 'turn.started', turn: turnId('i1') })
    expect(await peer.item()).toMatchObject({ kind: 'stored', event: { type: 'turn.started' } })
    await peer.must('unsubscribe', { session })
    const before = peer.seen.length
    await append(queued('i2'))
    await peer.must('health', {})
    expect(peer.seen.slice(before).map(({ type }) => type)).toEqual(['reply'])
  })

  it('again replaces what was followed: after its reply nothing of the first one comes', async () => {
    await append(...called)
    await peer.must('subscribe', { session, after: 0 })
    await peer.must('subscribe', { session, after: 4 })
    expect(await peer.item()).toMatchObject({ kind: 'stored', event: { seq: 5 } })
    expect(await peer.item()).toEqual({ kind: 'live' })
  })

  it('a session that is not there is refused, and so is one more than the limit', async () => {
    expect(await peer.refused('subscribe', { session: 'nope', after: 0 })).toMatchObject({ code: 'session_not_found' })
    const small = openGateway({ limits: { subscriptions: 1 }, log })
    const alice = await joined(small.gateway)
    await alice.must('create_session', { session: sessionId('s2') })
    await alice.must('subscribe', { session, after: 0 })
    expect(await alice.refused('subscribe', { session: 's2', after: 0 })).toMatchObject({ code: 'session_limit' })
    await alice.must('subscribe', { session, after: 1 })
    await small.gateway.close()
  })

  it('ends with an error when the log is closed under it, and commands say so too', async () => {
    await peer.must('subscribe', { session, after: 1 })
    await peer.item()
    await log.close()
    const error = await peer.nextWhere((frame) => frame.type === 'error')
    expect(error.payload).toMatchObject({ session, code: 'shutting_down', retryable: true })
    expect(await peer.refused('list_sessions', {})).toMatchObject({ code: 'shutting_down', retryable: true })
  })
})
