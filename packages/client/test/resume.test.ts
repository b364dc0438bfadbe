import { applyItem, type Client, EMPTY_TRANSCRIPT, type Seq, sessionId, type Transcript } from '@nacre/client'
import { type Log, stepId } from '@nacre/types'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  allEvents,
  clientOf,
  cuttable,
  type Fates,
  hasty,
  note,
  openGateway,
  queued,
  started,
  stepFinished,
  stepStarted,
  streamOf,
  turnFinished,
  turnsOfLoop,
} from './stage.js'

const session = sessionId('s1')

type Op =
  | { type: 'turn' | 'step' | 'end' }
  | { type: 'say'; words: string; times: number }
  | { type: 'notes'; count: number }
  | { type: 'rest'; turns: number }
const anyOp: fc.Arbitrary<Op> = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom<Op>({ type: 'turn' }, { type: 'step' }, { type: 'end' }) },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('say' as const),
      words: fc.string({ minLength: 1, maxLength: 9, unit: 'binary' }),
      times: fc.constantFrom(1, 3, 700),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('notes' as const), count: fc.constantFrom(1, 5, 60) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('rest' as const), turns: fc.integer({ min: 1, max: 20 }) }) },
)

/** An engine of few words: it plays the script onto the log, and knows what it has said in the open step. */
async function play(log: Log, ops: readonly Op[]): Promise<{ last: Seq; saying: string }> {
  const stream = streamOf(session)
  let turn = 0
  let step = 0
  let open: 'none' | 'turn' | 'step' = 'none'
  let saying = ''
  const name = () => `t${turn}`
  const finish = () => (open === 'step' ? [stepFinished(`${name()}.${step}`, saying || '-')] : [])
  for (const op of ops) {
    if (op.type === 'turn' && open === 'none') {
      turn += 1
      await log.append(stream, [queued(name()), started(name())])
      open = 'turn'
    } else if (op.type === 'step' && open !== 'none') {
      await log.append(stream, [...finish(), stepStarted(name(), `${name()}.${++step}`)])
      open = 'step'
      saying = ''
    } else if (op.type === 'end' && open !== 'none') {
      await log.append(stream, [...finish(), turnFinished(name())])
      open = 'none'
      saying = ''
    } else if (op.type === 'say' && open === 'step') {
      for (let index = 0; index < op.times; index++) {
        log.publish(stream, {
          type: 'text.delta',
          step: stepId(`${name()}.${step}`),
          offset: saying.length,
          text: op.words,
        } as never)
        saying += op.words
      }
    } else if (op.type === 'notes')
      await log.append(
        stream,
        Array.from({ length: op.count }, (_, index) => note(`${index}`)),
      )
    else if (op.type === 'rest') await turnsOfLoop(op.turns)
  }
  const end = await log.append(stream, [note('the end')])
  return { last: end.type === 'appended' ? (end.events.at(-1)?.seq ?? 0) : 0, saying: open === 'step' ? saying : '' }
}

/** Follows until it has seen the end and hears what is being said, resting now and then. */
async function follow(client: Client, after: Seq, rests: readonly number[], done: (transcript: Transcript) => boolean) {
  const stop = new AbortController()
  const seqs: Seq[] = []
  let lives = 0
  let transcript = EMPTY_TRANSCRIPT
  let taken = 0
  for await (const item of client.watch(session, { after, signal: stop.signal })) {
    if (item.kind !== 'connection') transcript = applyItem(transcript, item)
    if (item.kind === 'stored') seqs.push(item.event.seq)
    if (item.kind === 'live') lives += 1
    const rest = rests[taken++ % rests.length] ?? 0
    if (rest > 0) await turnsOfLoop(rest)
    if (done(transcript)) break
  }
  return { seqs, lives, transcript }
}

const spoken = (transcript: Transcript) => transcript.live.at(-1)?.text ?? ''

/** Cuts a connection when it has carried so many frames, a hello and its reply included. */
const cutAt = (points: readonly { frames: number; before: boolean }[]) => {
  let cuts = 0
  let left = points[0]?.frames ?? Infinity
  const fates: Fates = () => {
    if (--left > 0) return 'pass'
    const { before } = points[cuts] ?? { before: false }
    left = points[++cuts]?.frames ?? Infinity
    return before ? 'cut before' : 'cut after'
  }
  return { fates, cuts: () => cuts }
}

describe('a watcher whose connection breaks', () => {
  it('sees every stored event once and in order, and hears in the end what the log has heard', async () => {
    let cuts = 0
    let midStep = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyOp, { minLength: 5, maxLength: 40 }),
        fc.array(fc.record({ frames: fc.integer({ min: 1, max: 80 }), before: fc.boolean() }), { maxLength: 12 }),
        fc.array(fc.constantFrom(0, 0, 0, 1, 5, 60), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 1000 }),
        async (ops, points, rests, seed) => {
          const { gateway, log, dial } = openGateway({ limits: { bufferedBytes: 16 * 1024 } })
          const plan = cutAt(points)
          const client = clientOf(cuttable(dial, plan.fates), { world: hasty(seed) })
          const made = await log.append(streamOf(session), [
            { type: 'session.created', title: '', agent: 'default' } as never,
          ])
          expect(made.type).toBe('appended')
          const playing = play(log, [{ type: 'turn' }, { type: 'step' }, ...ops])
          let end: Awaited<typeof playing> | undefined
          playing.then(
            (done) => {
              end = done
              // A last word, so that who has seen all wakes up once more to find that it is the end.
              log.publish(streamOf(session), {
                type: 'step.snapshot',
                step: 'none',
                text: '',
                reasoning: '',
                args: [],
              } as never)
            },
            () => undefined,
          )
          const isDone = (transcript: Transcript) =>
            end !== undefined && transcript.state.seq === end.last && spoken(transcript).length >= end.saying.length
          const first = follow(client, 0, rests, isDone)
          const second = follow(client, 3, rests.toReversed(), isDone)
          const { last, saying } = await playing
          const [whole, part] = await Promise.all([first, second])
          const seqs = (await allEvents(log, session)).map(({ seq }) => seq)
          expect(whole.seqs).toEqual(seqs)
          expect(part.seqs).toEqual(seqs.filter((seq) => seq > 3))
          expect(seqs.at(-1)).toBe(last)
          expect(spoken(whole.transcript)).toBe(saying)
          expect(Math.max(whole.lives, part.lives)).toBeLessThanOrEqual(1)
          cuts += plan.cuts()
          if (saying.length > 0 && plan.cuts() > 0) midStep += 1
          await client.close()
          await gateway.close()
        },
      ),
      { numRuns: 120 },
    )
    expect(cuts).toBeGreaterThan(100)
    expect(midStep).toBeGreaterThan(10)
  })

  it('whose consumer sleeps keeps a bounded number of items, asks again from its cursor, and misses nothing', async () => {
    const { gateway, log, dial } = openGateway()
    const frames = { down: 0, subscribes: [] as number[], unsubscribes: 0 }
    const client = clientOf(
      cuttable(dial, (frame, way) => {
        const { type, payload } = JSON.parse(frame)
        if (way === 'down' && type === 'event') frames.down += 1
        if (type === 'subscribe') frames.subscribes.push(payload.after)
        if (type === 'unsubscribe') frames.unsubscribes += 1
        return 'pass'
      }),
    )
    const { session } = await client.createSession()
    const items = client.watch(session, { after: 0, signal: new AbortController().signal })[Symbol.asyncIterator]()
    await items.next()
    for (let round = 0; round < 50; round++) {
      await log.append(
        streamOf(session),
        Array.from({ length: 60 }, (_, index) => note(`${round}/${index}`)),
      )
      await turnsOfLoop(3)
    }
    await client.sessions()
    // 3000 were written; what came is the queue, and what was on its way when it was full.
    expect(frames.unsubscribes).toBe(1)
    expect(frames.down).toBeLessThan(1500)
    const seen: number[] = []
    while (seen.length < 3000) {
      const { value } = await items.next()
      if (value?.kind === 'stored') seen.push(value.event.seq)
    }
    expect(seen).toEqual((await allEvents(log, session)).slice(1).map(({ seq }) => seq))
    expect(frames.subscribes.length).toBeGreaterThan(1)
    expect(frames.subscribes).toEqual(frames.subscribes.toSorted((a, b) => a - b))
    await client.close()
    await gateway.close()
  })

  it('that slept while its session was shared holds nobody up', async () => {
    const { gateway, log, dial } = openGateway()
    const client = clientOf(dial)
    const { session } = await client.createSession()
    const stop = new AbortController()
    const sleeper = client.watch(session, { after: 0, signal: stop.signal })[Symbol.asyncIterator]()
    await sleeper.next()
    const awake = client.watch(session, { after: 0, signal: stop.signal })[Symbol.asyncIterator]()
    const take = async (items: AsyncIterator<unknown>, count: number) => {
      const seqs: number[] = []
      while (seqs.length < count) {
        const { value } = (await items.next()) as { value: { kind: string; event: { seq: number } } }
        if (value.kind === 'stored') seqs.push(value.event.seq)
      }
      return seqs
    }
    await take(awake, 1)
    for (let round = 0; round < 40; round++) {
      const appended = await log.append(
        streamOf(session),
        Array.from({ length: 50 }, (_, index) => note(`${index}`)),
      )
      expect(await take(awake, 50)).toEqual(appended.type === 'appended' && appended.events.map(({ seq }) => seq))
    }
    const all = (await allEvents(log, session)).slice(1).map(({ seq }) => seq)
    expect(await take(sleeper, 2000)).toEqual(all)
    stop.abort()
    expect(await awake.next()).toEqual({ done: true, value: undefined })
    expect(await sleeper.next()).toEqual({ done: true, value: undefined })
    await client.close()
    await gateway.close()
  })

  it('that joins while news of an older watch are on their way does not take them for its own', async () => {
    const { gateway, log, dial } = openGateway()
    const held: (() => void)[] = []
    let holding = false
    const client = clientOf(async () => {
      const inner = await dial()
      async function* messages() {
        for await (const frame of inner.messages) {
          if (holding && JSON.parse(frame).type === 'event') await new Promise<void>((resolve) => held.push(resolve))
          yield frame
        }
      }
      return { send: (frame: string) => void inner.send(frame), messages: messages(), close: () => inner.close() }
    })
    await client.createSession({ session })
    await log.append(streamOf(session), [note('a'), note('b'), note('c')])
    const { signal } = new AbortController()
    const older = client.watch(session, { after: 4, signal })[Symbol.asyncIterator]()
    expect(await older.next()).toMatchObject({ value: { kind: 'live' } })
    holding = true
    await log.append(streamOf(session), [note('d')])
    while (held.length === 0) await turnsOfLoop(1)
    const joining = client.watch(session, { after: 0, signal })[Symbol.asyncIterator]()
    holding = false
    held.pop()?.()
    const seqs: number[] = []
    while (seqs.length < 5) {
      const { value } = await joining.next()
      if (value?.kind === 'stored') seqs.push(value.event.seq)
    }
    expect(seqs).toEqual([1, 2, 3, 4, 5])
    expect(await older.next()).toMatchObject({ value: { kind: 'stored', event: { seq: 5 } } })
    await client.close()
    await gateway.close()
  })

  it('that is told to come again goes on at its cursor', async () => {
    const { gateway, log, dial } = openGateway()
    let swallow = false
    const client = clientOf(async () => {
      const inner = await dial()
      async function* messages() {
        for await (const frame of inner.messages) {
          const { type } = JSON.parse(frame)
          if (swallow && type === 'event') {
            swallow = false
            yield JSON.stringify({ type: 'resync_required', payload: { session } })
          } else yield frame
        }
      }
      return { send: (frame: string) => void inner.send(frame), messages: messages(), close: () => inner.close() }
    })
    await client.createSession({ session })
    const items = client.watch(session, { after: 0, signal: new AbortController().signal })[Symbol.asyncIterator]()
    const seqs: number[] = []
    const until = async (count: number) => {
      while (seqs.length < count) {
        const { value } = await items.next()
        if (value?.kind === 'stored') seqs.push(value.event.seq)
      }
    }
    await until(1)
    expect(await items.next()).toMatchObject({ value: { kind: 'live' } })
    swallow = true
    await log.append(streamOf(session), [note('a'), note('b'), note('c')])
    await until(4)
    expect(seqs).toEqual([1, 2, 3, 4])
    await client.close()
    await gateway.close()
  })
})
