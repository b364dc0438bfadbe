import { fold, type SessionId, sessionId } from '@nacre/client'
import { lift } from '@nacre/session'
import { type CommandType, callId, stepId } from '@nacre/types'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  allEvents,
  clientOf,
  cuttable,
  type Fate,
  openGateway,
  queued,
  started,
  stepStarted,
  streamOf,
  text,
} from './stage.js'

/** Loses the reply to each command of these types as often as said, with the connection. */
function losing(types: readonly CommandType[], times = 1) {
  const asked = new Map<string, CommandType>()
  const lost: CommandType[] = []
  const fates = (frame: string): Fate => {
    const { type, payload } = JSON.parse(frame)
    if (types.includes(type)) asked.set(payload.request_id, type)
    const command = type === 'reply' || type === 'error' ? asked.get(payload.request_id) : undefined
    if (command === undefined || lost.filter((other) => other === command).length >= times) return 'pass'
    lost.push(command)
    return 'cut before'
  }
  return { fates, lost }
}

it('a full queue is a Fault busy that may be tried again', async () => {
  const { gateway, log, dial } = openGateway()
  const client = clientOf(dial)
  const { session } = await client.createSession()
  const ids = Array.from({ length: 256 }, (_, index) => `i${index}`)
  for (let at = 0; at < ids.length; at += 64) await log.append(streamOf(session), ids.slice(at, at + 64).map(queued))
  await expect(client.send(session, 'one more')).rejects.toMatchObject({
    code: 'busy',
    gateway: 'queue_full',
    retry: 'now',
    mend: expect.stringContaining('cancel'),
  })
  await client.close()
  await gateway.close()
})

const hash = 'a'.repeat(64)

describe('a command whose reply was lost', () => {
  it('to send is on the log once in effect', async () => {
    const { gateway, log, dial } = openGateway()
    const { fates, lost } = losing(['send'], 3)
    const client = clientOf(cuttable(dial, fates))
    const { session } = await client.createSession()
    const { input } = await client.send(session, 'hello')
    const events = await allEvents(log, session)
    expect(lost).toHaveLength(3)
    expect(events.filter(({ type }) => type === 'turn.queued')).toHaveLength(4)
    expect(fold(events.map((event) => lift(event))).queue.map((queued) => queued.input)).toEqual([input])
    await client.close()
    await gateway.close()
  })

  it('succeeds, whichever it was', async () => {
    const { gateway, log, dial } = openGateway()
    const { fates, lost } = losing([
      'create_session',
      'fork_session',
      'approve',
      'deny',
      'answer',
      'cancel',
      'cancel_all',
      'find_session',
      'list_sessions',
      'history',
    ])
    const client = clientOf(cuttable(dial, fates))
    const { session } = await client.createSession({ title: 'T' })
    const fork = await client.fork(session, 1)
    const part = (call: string) => ({ type: 'call', call: callId(call), name: 'shell_exec', argsText: '{}' }) as const
    await log.append(streamOf(session), [
      queued('t1'),
      started('t1'),
      stepStarted('t1', 't1.1'),
      { type: 'step.finished', step: stepId('t1.1'), outcome: 'completed', parts: ['a', 'b', 'c'].map(part) } as never,
      ...['a', 'b'].map(
        (call) =>
          ({ type: 'approval.requested', call: callId(call), name: 'shell_exec', hash, safety: 'privileged' }) as const,
      ),
      { type: 'question.asked', question: 'q1', call: callId('c'), parts: text('?') } as never,
    ])
    await client.approve(session, { call: 'a', hash })
    await client.deny(session, { call: 'b', hash })
    await client.answer(session, 'q1', 'yes')
    await client.cancel(session)
    expect(await client.cancelAll()).toBe(1)
    expect((await client.find(session.slice(0, 4))).session).toBe(session)
    expect(await client.sessions()).toHaveLength(2)
    expect((await client.history(session, { turns: 1 })).events.length).toBeGreaterThan(3)
    expect(lost).toHaveLength(10)

    const state = fold((await allEvents(log, session)).map((event) => lift(event)))
    expect(state.open?.steps[0]?.calls.map(({ status }) => status.type)).toEqual(['approved', 'denied', 'answered'])
    expect((await allEvents(log, session)).filter(({ type }) => type === 'approval.resolved')).toHaveLength(2)
    expect((await log.heads('alice/')).map(({ stream }) => stream).toSorted()).toEqual(
      [streamOf(session), streamOf(fork.session)].toSorted(),
    )
    await client.close()
    await gateway.close()
  })

  it('to select or to sum up counts once, and what is asked about a session is answered', async () => {
    const offers = { agents: [], models: [{ model: 'p/m', context_tokens: 1000 }] }
    const { gateway, log, dial } = openGateway(offers)
    const { fates, lost } = losing(['select', 'compact', 'list_agents', 'session_usage'])
    const client = clientOf(cuttable(dial, fates))
    const { session } = await client.createSession()
    await client.select(session, { model: 'p/m' })
    const { input } = await client.compact(session)
    expect(await client.agents()).toEqual(offers)
    expect(await client.usage(session)).toMatchObject({ calls: 0, budget: { session: { spent_tokens: 0 } } })
    expect(lost).toHaveLength(4)
    const state = fold((await allEvents(log, session)).map((event) => lift(event)))
    expect([state.model, state.queue.map((queued) => queued.input)]).toEqual(['p/m', [input]])
    await expect(client.select(session, { model: 'p/n' })).rejects.toMatchObject({
      code: 'not_found',
      gateway: 'model_not_found',
      mend: expect.stringContaining('p/m'),
    })
    await client.close()
    await gateway.close()
  })

  it('stays in order with the others, whatever breaks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 3, max: 15 }), { maxLength: 8 }),
        fc.boolean(),
        async (points, before) => {
          const { gateway, log, dial } = openGateway()
          let left = points.shift() ?? Infinity
          const client = clientOf(
            cuttable(dial, () => {
              if (--left > 0) return 'pass'
              left = points.shift() ?? Infinity
              return before ? 'cut before' : 'cut after'
            }),
          )
          const { session } = await client.createSession()
          const sent = await Promise.all(Array.from({ length: 12 }, (_, index) => client.send(session, `${index}`)))
          const { queue } = fold((await allEvents(log, session)).map((event) => lift(event)))
          expect(queue.map(({ parts }) => parts[0]?.type === 'text' && parts[0].text)).toEqual(
            sent.map((_, index) => `${index}`),
          )
          expect(queue.map(({ input }) => input)).toEqual(sent.map(({ input }) => input))
          await client.close()
          await gateway.close()
        },
      ),
      { numRuns: 100 },
    )
  })
})

describe('a command that cannot be done', () => {
  it('is refused with the gateway’s code and the Fault’s', async () => {
    const { gateway, dial } = openGateway()
    const client = clientOf(dial)
    const nowhere = sessionId('nowhere')
    await expect(client.send(nowhere, 'x')).rejects.toMatchObject({
      name: 'Fault',
      code: 'not_found',
      gateway: 'session_not_found',
      mend: expect.any(String),
    })
    await client.createSession({ session: nowhere })
    await client.send(nowhere, 'x')
    await expect(client.createSession({ session: nowhere })).rejects.toMatchObject({
      code: 'conflict',
      gateway: 'session_exists',
    })
    await expect(client.approve(nowhere, { call: 'c', hash })).rejects.toMatchObject({ gateway: 'approval_not_found' })
    await client.close()
    await gateway.close()
  })

  it('is not even sent where it is too large, too many, or the client’s own business', async () => {
    const silent = {
      send: () => undefined,
      messages: { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }) },
      close: () => undefined,
    }
    const client = clientOf(async () => silent)
    const session = sessionId('s1')
    await expect(client.send(session, 'x'.repeat(40_000))).rejects.toMatchObject({
      code: 'limit_exceeded',
      mend: expect.stringContaining('file'),
    })
    await expect(client.request('find_session', { prefix: 'x'.repeat(1_100_000) })).rejects.toMatchObject({
      code: 'limit_exceeded',
    })
    await expect(client.request('subscribe', { session, after: 0 })).rejects.toMatchObject({
      code: 'invalid_input',
      mend: 'Use watch().',
    })
    const waiting = Array.from({ length: 256 }, () => client.sessions())
    await expect(client.sessions()).rejects.toMatchObject({ code: 'busy' })
    const closing = client.close()
    for (const one of waiting) await expect(one).rejects.toMatchObject({ code: 'closed' })
    await closing
  })

  it('to watch a session that is not there throws, and a signal or a close just ends it', async () => {
    const { gateway, dial } = openGateway()
    const client = clientOf(dial)
    const items = (session: SessionId, signal = new AbortController().signal) =>
      client.watch(session, { after: 0, signal })[Symbol.asyncIterator]()
    const next = async (watch: AsyncIterator<{ kind: string }>) => {
      for (;;) {
        const result = await watch.next()
        if (result.done || result.value.kind !== 'connection') return result
      }
    }
    await expect(next(items(sessionId('nope')))).rejects.toMatchObject({ gateway: 'session_not_found' })
    const { session } = await client.createSession()
    const stop = new AbortController()
    const watch = items(session, stop.signal)
    await next(watch)
    await next(watch)
    const pending = next(watch)
    stop.abort()
    expect(await pending).toEqual({ done: true, value: undefined })
    expect(await next(items(session, stop.signal))).toMatchObject({ done: true })
    const other = items(session)
    await next(other)
    await client.close()
    expect(client.status).toEqual({ type: 'closed' })
    expect(await next(other)).toMatchObject({ done: true })
    expect(await next(items(session))).toMatchObject({ done: true })
    await expect(client.sessions()).rejects.toMatchObject({ code: 'closed' })
    await gateway.close()
  })
})
