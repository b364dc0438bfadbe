import { startEngine } from '@nacre/engine'
import { systemWorld } from '@nacre/kit'
import { memoryLog } from '@nacre/log/testing'
import { scriptedAnswer } from '@nacre/providers/testing'
import { fold, foldLedger, lift, type NewSessionEvent, spentByTurn } from '@nacre/session'
import { inputId, LEDGER, type Log, sessionId, streamName, userId } from '@nacre/types'
import { expect, test } from 'vitest'
import { agentWith, modelOf } from './fixtures/scenario.js'

const user = userId('alice')
const ledgerStream = streamName(user, LEDGER)
const names = Array.from({ length: 50 }, (_, n) => sessionId(`s${n}`))
const queued = (id: string): NewSessionEvent => ({
  type: 'turn.queued',
  input: inputId(id),
  parts: [{ type: 'text', text: id }],
  mode: 'queue',
  by: 'test',
})
const paid = modelOf(() => scriptedAnswer('ok', [], { inputTokens: 1000, outputTokens: 100 }))
const agent = {
  ...agentWith(paid, []),
  price: { input: 3, output: 15 },
  limits: { ...agentWith(paid, []).limits, maxOutputTokens: 200 },
}
const DAY = { microUsd: 100_000 }
const TURN = { microUsd: 10_000 }

/** When every session has no turn open and none queued. */
async function allIdle(log: Log): Promise<void> {
  const stop = new AbortController()
  const open = new Set(names.map((name) => streamName(user, name)))
  for await (const head of log.feed(`${user}/`, { from: 0, signal: stop.signal })) {
    if (head.status === 'idle') open.delete(head.stream)
    if (open.size === 0) stop.abort()
  }
}

/** When no slice is open any more. */
async function allSettled(log: Log): Promise<void> {
  const stop = new AbortController()
  let ledger = foldLedger([])
  let live = false
  for await (const item of log.follow(ledgerStream, { after: 0, signal: stop.signal })) {
    if (item.kind === 'stored') ledger = foldLedger([lift(item.event)], ledger)
    live ||= item.kind === 'live'
    if (live && ledger.open.length === 0) stop.abort()
  }
}

async function readLedger(log: Log) {
  return (await log.read(ledgerStream)).events.map((event) => lift(event))
}

async function spentInAll(log: Log): Promise<number> {
  const turns = await Promise.all(
    names.map(async (name) => fold((await log.read(streamName(user, name))).events.map((event) => lift(event))).turns),
  )
  return turns.flat().reduce((sum, turn) => sum + spentByTurn(turn).microUsd, 0)
}

/** At every moment what was given away fits into the day. */
function checkLaw(events: Awaited<ReturnType<typeof readLedger>>): void {
  let ledger = foldLedger([])
  for (const event of events) {
    ledger = foldLedger([event], ledger)
    for (const { microUsd } of Object.values(ledger.days)) expect(microUsd).toBeLessThanOrEqual(DAY.microUsd)
  }
}

test('50 sessions that ask at once never pass the limit of the day, and who gets nothing is told', async () => {
  await using log = memoryLog({ now: Date.now })
  for (const name of names) await log.append(streamName(user, name), [queued('the same id everywhere')])
  const engine = startEngine({
    log,
    world: systemWorld(),
    user,
    agentOf: () => agent,
    budget: { day: DAY, turn: TURN },
    concurrentTurns: 50,
  })
  await allIdle(log)
  await engine.close()
  const events = await readLedger(log)
  checkLaw(events)
  expect(await spentInAll(log)).toBeLessThanOrEqual(DAY.microUsd)
  expect(events.filter((event) => event.type === 'budget.granted').length).toBeGreaterThanOrEqual(10)
  const told = await Promise.all(
    names.map(async (name) => JSON.stringify((await log.read(streamName(user, name))).events)),
  )
  expect(told.filter((text) => text.includes('The limit of this day is reached')).length).toBeGreaterThan(0)
})

test('engines that are abandoned again and again leave no slice behind, and never grant one twice', async () => {
  await using log = memoryLog({ now: Date.now })
  for (const name of names) await log.append(streamName(user, name), [queued(`${name}-a`)])
  let appends = 0
  for (let life = 1; life < 12; life++) {
    const died = Promise.withResolvers<void>()
    const dying: Log = Object.assign(Object.create(log), {
      append: async (...args: Parameters<Log['append']>) => {
        // From its twentieth append on this engine writes nothing any more: as dead as a killed one.
        if (++appends > life * 20) {
          died.resolve()
          return new Promise(() => undefined)
        }
        return log.append(...args)
      },
    })
    startEngine({ log: dying, world: systemWorld(), user, agentOf: () => agent, budget: { day: DAY, turn: TURN } })
    await died.promise
  }
  const engine = startEngine({
    log,
    world: systemWorld(),
    user,
    agentOf: () => agent,
    budget: { day: DAY, turn: TURN },
  })
  await allIdle(log)
  await engine.close()
  const last = startEngine({ log, world: systemWorld(), user, agentOf: () => agent, budget: { day: DAY, turn: TURN } })
  await allSettled(log)
  await last.close()
  const events = await readLedger(log)
  checkLaw(events)
  const grants = events.flatMap((event) =>
    event.type === 'budget.granted' && 'session' in event ? [`${event.session} ${event.turn}`] : [],
  )
  expect(grants).toEqual([...new Set(grants)])
  const ledger = foldLedger(events)
  expect(ledger.open).toEqual([])
  const [total] = Object.values(ledger.days)
  expect(total?.microUsd).toBe(await spentInAll(log))
})
