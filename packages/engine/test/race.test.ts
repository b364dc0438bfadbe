import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEngine } from '@nacre/engine'
import { systemWorld } from '@nacre/kit'
import { memoryLog } from '@nacre/log/testing'
import { EVENT_CLASS, fold, lift, type NewSessionEvent, type SessionState, waitingFor } from '@nacre/session'
import { commandId, inputId, type Log, type NewEvent, sessionId, streamName, userId } from '@nacre/types'
import { afterEach, describe, expect, test } from 'vitest'
import { agentWith, approvedBy, recordingTools, workingModel } from './fixtures/scenario.js'

const user = userId('alice')
const stream = streamName(user, sessionId('s1'))
const queued = (id: string, mode: 'queue' | 'steer' = 'queue'): NewSessionEvent => ({
  type: 'turn.queued',
  input: inputId(id),
  parts: [{ type: 'text', text: id }],
  mode,
  by: 'test',
})

const directory = mkdtempSync(join(tmpdir(), 'nacre-race-'))
afterEach(() => rmSync(join(directory, 'effects'), { force: true }))

/** Carries the scenario on; just before the engine's `at`-th append reaches the log, `landing` gets there first. */
async function withLanding(
  at: number,
  landing: NewSessionEvent,
  isDone: (state: SessionState, landed: boolean) => boolean,
) {
  const world = systemWorld()
  await using log = memoryLog({ now: world.now })
  let appends = 0
  let landed = false
  const engineLog: Log = Object.assign(Object.create(log), {
    append: async (...args: Parameters<Log['append']>) => {
      if (args[0] === stream && isByEngine(args[1]) && ++appends === at) {
        landed = true
        await log.append(stream, [landing])
      }
      return log.append(...args)
    },
  })
  await log.append(stream, [queued('one')])
  const agent = agentWith(
    workingModel,
    recordingTools(join(directory, 'effects'), () => undefined),
  )
  const engine = startEngine({ log: engineLog, world, user, agentOf: () => agent })
  const state = await approveUntil(log, (now) => isDone(now, landed))
  await engine.close()
  const { events } = await log.read(stream)
  return { state, events: events.map((event) => lift(event)), landed, appends }
}

const isByEngine = (events: readonly NewEvent[]) =>
  events.some((event) => EVENT_CLASS[event.type as NewSessionEvent['type']] !== 'command')

async function approveUntil(log: Log, isDone: (state: SessionState) => boolean): Promise<SessionState> {
  const stop = new AbortController()
  let state = fold([])
  for await (const item of log.follow(stream, { after: 0, signal: stop.signal })) {
    if (item.kind !== 'stored') continue
    state = fold([lift(item.event)], state)
    if (waitingFor(state)) await log.append(stream, [approvedBy(state)])
    if (isDone(state)) stop.abort()
  }
  return state
}

describe('what lands between a decision and its append', () => {
  test('a cancel is never overruled: no tool starts behind it, and the turn ends cancelled', async () => {
    let points = 0
    for (let at = 1; ; at++) {
      const cancel: NewSessionEvent = {
        type: 'turn.cancel_requested',
        command: commandId('c'),
        turn: inputId('one') as never,
        by: 'test',
      }
      const { state, events, landed } = await withLanding(at, cancel, (now, has) => {
        const ended = now.turns.length === 1 && !now.open
        return ended || (has && now.queue.length === 0 && !now.open && now.dropped.length === 1)
      })
      if (!landed) break
      points += 1
      const cancelSeq = events.find((event) => event.type === 'turn.cancel_requested')?.seq ?? 0
      expect(
        events.filter((event) => event.type === 'tool.started' && event.seq > cancelSeq),
        `at ${at}`,
      ).toEqual([])
      expect(
        events.filter((event) => event.type === 'step.started' && event.seq > cancelSeq),
        `at ${at}`,
      ).toEqual([])
      if (state.turns.length === 1) expect(state.turns[0]?.end?.outcome, `at ${at}`).toBe('cancelled')
      else expect(state.dropped).toMatchObject([{ input: 'one', reason: 'withdrawn' }])
    }
    expect(points).toBeGreaterThanOrEqual(8)
  })

  test('a steer is never lost: exactly one step names it, and it is answered', async () => {
    let points = 0
    for (let at = 1; ; at++) {
      const { state, events, landed } = await withLanding(at, queued('two', 'steer'), (now, has) => {
        const inputs = now.turns.flatMap((turn) => turn.steps.flatMap((step) => step.inputs))
        return !now.open && now.queue.length === 0 && inputs.length === (has ? 2 : 1)
      })
      if (!landed) break
      points += 1
      const naming = events.filter(
        (event) => event.type === 'step.started' && 'inputs' in event && event.inputs.includes(inputId('two')),
      )
      expect(naming, `at ${at}`).toHaveLength(1)
      expect(
        state.turns.map((turn) => turn.end?.outcome),
        `at ${at}`,
      ).not.toContain('failed')
    }
    expect(points).toBeGreaterThanOrEqual(8)
  })
})

/** Leases of two engines over one log, which a test takes away as a pause of seconds would. */
function twoLeases() {
  const holders = new Map<string, string>()
  const lost = new Set<string>()
  const of = (engine: string) => ({
    async take(key: string) {
      const holder = holders.get(key)
      if (lost.has(engine) || (holder !== undefined && holder !== engine && !lost.has(holder))) return undefined
      holders.set(key, engine)
      return {
        release: async () => {
          if (holders.get(key) === engine) holders.delete(key)
        },
      }
    },
  })
  return { of, pause: (engine: string) => lost.add(engine), resume: (engine: string) => lost.delete(engine) }
}

/** An effector that checks epochs where the effect happens. */
function fencedEffector() {
  const highest = new Map<string, number>()
  const effects: string[] = []
  let refused = 0
  const fence = async ({ session, epoch }: { session: string; epoch: number }) => {
    highest.set(session, Math.max(highest.get(session) ?? 0, epoch))
  }
  const act = (session: string, epoch: number, note: string) => {
    if (epoch < (highest.get(session) ?? 0)) {
      refused += 1
      throw new Error('stale epoch')
    }
    effects.push(`${session}: ${note}`)
  }
  return { fence, act, effects, refused: () => refused }
}

test('two engines race for 100 sessions, one paused with effects in flight: one driver each, stale effects refused', {
  timeout: 60_000,
}, async () => {
  const world = systemWorld()
  await using log = memoryLog({ now: world.now })
  const leases = twoLeases()
  const effector = fencedEffector()
  const paused = Promise.withResolvers<void>()
  let inFlight = 0
  const names = Array.from({ length: 100 }, (_, n) => sessionId(`s${n}`))

  const engineOf = (name: string, whenActing: () => Promise<void>) => {
    const [look, , , keep] = recordingTools('/dev/null', () => undefined)
    if (!look || !keep) throw new Error('the scenario has lost its tools')
    const acting = (tool: string) => ({
      ...keep,
      name: tool,
      replay: 'never' as const,
      run: async (value: unknown, context: Parameters<typeof keep.run>[1]) => {
        await whenActing()
        effector.act(context.session, context.epoch, `${tool} ${JSON.stringify(value)}`)
        return 'ok'
      },
    })
    const agent = agentWith(workingModel, [look, acting('act'), acting('danger'), keep])
    const policy = { 'read-only': 'allow', 'side-effecting': 'allow', privileged: 'allow' } as const
    return startEngine({
      log,
      world,
      user,
      agentOf: () => ({ ...agent, policy }),
      effectors: [effector],
      leases: leases.of(name),
      concurrentTurns: 200,
    })
  }

  const slow = engineOf('A', async () => {
    inFlight += 1
    if (inFlight === names.length) leases.pause('A')
    await paused.promise
  })
  for (const name of names) await log.append(streamName(user, name), [queued('one')])
  const fast = engineOf('B', async () => undefined)

  const finished = async () => {
    const stop = new AbortController()
    const open = new Set(names.map((name) => streamName(user, name)))
    for await (const head of log.feed(`${user}/`, { from: 0, signal: stop.signal })) {
      if (head.status === 'idle') open.delete(head.stream)
      if (open.size === 0) stop.abort()
    }
  }
  await finished()
  paused.resolve()
  await slow.close(5000)
  await fast.close()

  expect(effector.refused()).toBeGreaterThan(0)
  for (const name of names) {
    const { events } = await log.read(streamName(user, name))
    const state = fold(events.map((event) => lift(event)))
    expect(events.filter((event) => event.type === 'turn.finished')).toHaveLength(1)
    expect(state.turns[0]?.end?.outcome).toBe('completed')
    for (const tool of ['act', 'danger']) {
      expect(effector.effects.filter((line) => line.startsWith(`${name}: ${tool}`)).length).toBeLessThanOrEqual(1)
    }
    const results = events.flatMap((event) => (event.type === 'tool.finished' && 'call' in event ? [event.call] : []))
    expect(results).toEqual([...new Set(results)])
    const epochs = events.flatMap((event) =>
      'epoch' in event && event.type === 'tool.started' ? [Number(event.epoch)] : [],
    )
    expect(epochs).toEqual(epochs.toSorted((a, b) => a - b))
  }
})
