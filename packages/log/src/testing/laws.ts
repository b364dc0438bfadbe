import { headOf, isTransient, type Live, lift, liveStored, liveTransient } from '@nacre/session'
import type { Head, LogItem, Seq, StreamName } from '@nacre/types'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { OpenLog } from '../hub.js'
import { sessionEvents } from './events.js'
import {
  clock,
  collect,
  delta,
  gate,
  type MakeLog,
  notice,
  notices,
  readAll,
  seqs,
  stepFinished,
  stepStarted,
  stream,
  turnOfLoop,
  until,
} from './stage.js'

type Pace = 'fast' | 'slow' | 'stalled'
type Action =
  | { readonly do: 'append'; readonly count: number; readonly awaited: boolean }
  | { readonly do: 'say'; readonly pieces: number }
  | { readonly do: 'next step' }
  | { readonly do: 'follow'; readonly from: number; readonly pace: Pace }
  | { readonly do: 'pause' }

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ do: fc.constant('append' as const), count: fc.integer({ min: 1, max: 40 }), awaited: fc.boolean() }),
  fc.record({ do: fc.constant('say' as const), pieces: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant(300)) }),
  fc.record({ do: fc.constant('next step' as const) }),
  fc.record({
    do: fc.constant('follow' as const),
    from: fc.double({ min: 0, max: 1, noNaN: true }),
    pace: fc.constantFrom('fast' as const, 'slow' as const, 'stalled' as const),
  }),
  fc.record({ do: fc.constant('pause' as const) }),
)

export function laws(make: MakeLog): void {
  describe('laws', () => {
    test('every follower sees every stored event once, in order, and joins the whole text', async () => {
      await using log = await make(clock())
      let run = 0
      await fc.assert(
        fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 30 }), async (actions) => {
          await followLaw(log, stream(`law/${++run}`), actions)
        }),
        { numRuns: 60 },
      )
    }, 120_000)

    test('a feed tells the newest head of every stream, in the order of seq', async () => {
      await using log = await make(clock())
      let run = 0
      const writes = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 3 })), {
        minLength: 1,
        maxLength: 40,
      })
      await fc.assert(
        fc.asyncProperty(writes, fc.nat({ max: 30 }), fc.boolean(), async (steps, joinAt, slow) => {
          await feedLaw(log, `feed${++run}/`, steps, joinAt, slow)
        }),
        { numRuns: 60 },
      )
    }, 120_000)

    test('a head is what the events of its stream say', async () => {
      await using log = await make(clock())
      let run = 0
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(sessionEvents, { minLength: 1, maxLength: 5 }), { maxLength: 12 }),
          async (batches) => {
            const name = stream(`head/${++run}`)
            for (const batch of batches) await log.append(name, batch)
            await headLaw(log, name)
          },
        ),
        { numRuns: 80 },
      )
      expect(await log.verifyHeads()).toEqual([])
    }, 120_000)
  })
}

async function followLaw(log: OpenLog, name: StreamName, actions: readonly Action[]): Promise<void> {
  const { opened, open } = gate()
  const followers: { readonly after: Seq; readonly follower: ReturnType<typeof collect> }[] = []
  const appends: Promise<unknown>[] = []
  const pauses = { fast: () => undefined, slow: turnOfLoop, stalled: () => opened }
  let step = 0
  let said = ''
  await log.append(name, [stepStarted('step0')])
  const first = (await readAll(log, name))[0]?.seq ?? 0
  for (const action of actions) {
    switch (action.do) {
      case 'append':
        appends.push(log.append(name, notices(action.count)))
        if (action.awaited) await appends.at(-1)
        break
      case 'say':
        for (let n = 0; n < action.pieces; n++) {
          log.publish(name, delta(`step${step}`, said.length, `${n} `))
          said += `${n} `
        }
        break
      case 'next step':
        await log.append(name, [stepFinished(`step${step}`), stepStarted(`step${++step}`)])
        said = ''
        break
      case 'follow': {
        const after = Math.floor(action.from * (first + 50))
        followers.push({ after, follower: collect(log, name, after, pauses[action.pace]) })
        break
      }
      case 'pause':
        await turnOfLoop()
        break
      default:
        action satisfies never
    }
  }
  await Promise.all(appends)
  open()
  await log.append(name, [notice('end')])
  const stored = await readAll(log, name)
  const stepSeq = stored.findLast(({ type }) => type === 'step.started')?.seq ?? 0
  for (const { after, follower } of followers) {
    const wanted = stored.filter(({ seq }) => seq > after)
    await until(() => follower.stored().length >= wanted.length && follower.kinds().includes('live'), 'all is told')
    if (after < stepSeq) await until(() => textOf(follower.items, `step${step}`) === said, 'the whole text is joined')
    expect(seqs(follower.stored())).toEqual(seqs(wanted))
    expect(follower.kinds().filter((kind) => kind === 'live')).toHaveLength(1)
    expect(follower.kinds().slice(0, follower.kinds().indexOf('live'))).not.toContain('transient')
    await follower.stop()
  }
}

/** What a face has on its screen. */
function textOf(items: readonly LogItem[], step: string): string | undefined {
  let live: Live = []
  for (const item of items) {
    if (item.kind === 'stored') live = liveStored(live, lift(item.event))
    if (item.kind === 'transient' && isTransient(item.event)) live = liveTransient(live, item.event)
  }
  return live.find((open) => open.step === step)?.text
}

async function feedLaw(
  log: OpenLog,
  prefix: string,
  steps: readonly (readonly [number, number])[],
  joinAt: number,
  slow: boolean,
) {
  const controller = new AbortController()
  const told: Head[] = []
  const watch = async (from: Seq) => {
    for await (const head of log.feed(prefix, { from, signal: controller.signal })) {
      told.push(head)
      if (slow) await turnOfLoop()
    }
  }
  let from = 0
  let watching: Promise<void> | undefined
  const appends: Promise<unknown>[] = []
  for (const [index, [target, count]] of steps.entries()) {
    if (index === Math.min(joinAt, steps.length - 1)) {
      from = Math.max(0, ...(await log.heads(prefix)).map(({ seq }) => seq))
      watching = watch(from)
    }
    appends.push(
      log.append(stream(`${prefix}${target}`), notices(count)),
      log.append(stream(`other/${target}`), notices(1)),
    )
    if (count % 2 === 0) await Promise.all(appends)
  }
  await Promise.all(appends)
  const wanted = (await log.heads(prefix)).filter(({ seq }) => seq > from)
  const newest = () => new Map(told.map((head) => [head.stream, head]))
  await until(() => wanted.every((head) => newest().get(head.stream)?.seq === head.seq), 'the newest heads are told')
  expect([...newest().values()].toSorted((a, b) => b.seq - a.seq)).toEqual(wanted)
  expect(told.map(({ seq }) => seq)).toEqual(told.map(({ seq }) => seq).toSorted((a, b) => a - b))
  expect(told.every((head) => head.stream.startsWith(prefix) && head.seq > from)).toBe(true)
  controller.abort()
  await watching
}

/** Whether headOf agrees with the fold is the session package's business: here it is the one that is kept. */
async function headLaw(log: OpenLog, name: StreamName): Promise<void> {
  const events = (await readAll(log, name)).map((event) => lift(event))
  const [head] = await log.heads(name)
  const rebuilt = headOf(undefined, name, events)
  expect(head).toEqual(rebuilt && JSON.parse(JSON.stringify(rebuilt)))
}
