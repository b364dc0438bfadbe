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
})
