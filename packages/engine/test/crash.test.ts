import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openLog } from '@nacre/log'
import { answerOf } from '@nacre/runtime'
import { fold, foldLedger, lift, plus, type SessionState, spentByTurn, ZERO } from '@nacre/session'
import { LEDGER, sessionId, streamName, userId } from '@nacre/types'
import { expect, test } from 'vitest'

const CHILD = fileURLToPath(new URL('./fixtures/crash-child.ts', import.meta.url))
const STREAM = streamName(userId('alice'), sessionId('s1'))
/** Cut points of the scripted conversation; a smaller number would mean that some are no longer visited. */
const CUT_POINTS = 138

type Run = { readonly signal: string | null; readonly points: number; readonly stderr: string }

function run(directory: string, cut: number): Promise<Run> {
  const args = ['--disable-warning=ExperimentalWarning', CHILD, join(directory, 'log.db'), join(directory, 'effects')]
  const child = spawn(process.execPath, [...args, String(cut)], { stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  return new Promise((resolve) => {
    child.once('close', (_, signal) => resolve({ signal, points: Number(stdout), stderr }))
  })
}

async function inspect(directory: string) {
  await using log = await openLog({ path: join(directory, 'log.db'), now: () => 0 })
  const { events } = await log.read(STREAM)
  const delegates = (await log.heads('alice/')).filter((head) => head.parent)
  const children = await Promise.all(delegates.map(async ({ stream }) => (await log.read(stream)).events))
  const ledger = foldLedger((await log.read(streamName(userId('alice'), LEDGER))).events.map((event) => lift(event)))
  const wrongHeads = await log.verifyHeads()
  return {
    events,
    children,
    ledger,
    state: fold(events.map((event) => lift(event))),
    wrongHeads,
    effects: effectsIn(directory),
  }
}

function effectsIn(directory: string): string[] {
  try {
    return readFileSync(join(directory, 'effects'), 'utf8').trim().split('\n')
  } catch {
    return []
  }
}

const outcomes = (state: SessionState, name: string) =>
  state.turns.map((turn) =>
    turn.steps
      .flatMap((step) => step.calls)
      .flatMap((call) => (call.name === name && call.status.type === 'finished' ? [call.status.outcome] : [])),
  )

function check(
  { events, children, state, ledger, wrongHeads, effects }: Awaited<ReturnType<typeof inspect>>,
  where: string,
) {
  const finished = events.filter((event) => event.type === 'turn.finished')
  expect(finished, where).toHaveLength(4)
  expect(
    state.turns.map((turn) => [turn.turn, turn.end?.outcome]),
    where,
  ).toEqual([
    ['one', 'completed'],
    ['two', 'completed'],
    ['share', 'completed'],
    ['sum', 'completed'],
  ])
  expect(state.compaction?.step, where).toBe(state.turns[2]?.steps.findLast((step) => !step.compacts)?.step)
  expect(answerOf({ ...state, turns: state.turns.slice(0, 3) }), where).toBe('All done with share 🌊.')
  checkShared(state, children, effects, where)
  expect(wrongHeads, where).toEqual([])
  const spent = state.turns.map(spentByTurn).reduce(plus, ZERO)
  expect([ledger.open, Object.values(ledger.days)], where).toEqual([[], [spent]])
  for (const [index, turn] of ['one', 'two'].entries()) {
    for (const name of ['act', 'danger']) {
      const times = effects.filter((line) => line === `${name} of ${turn}`).length
      const outcome = outcomes(state, name)[index]
      expect(outcome, where).toHaveLength(1)
      expect(times, `${where}: ${name} of ${turn}`).toBeLessThanOrEqual(1)
      if (outcome?.[0] === 'ok') expect(times, where).toBe(1)
      else expect(outcome, where).toEqual(['unknown'])
    }
    expect(effects.filter((line) => line === `keep of ${turn}`).length, where).toBeGreaterThanOrEqual(1)
  }
}

/** The question and the delegate of the last turn each ended once, whatever was killed in between. */
function checkShared(
  state: SessionState,
  children: Awaited<ReturnType<typeof inspect>>['children'],
  effects: readonly string[],
  where: string,
): void {
  const calls = state.turns[2]?.steps.flatMap((step) => step.calls) ?? []
  expect(
    calls.map(({ name, status }) => [name, status.type === 'finished' && status.outcome]),
    where,
  ).toEqual([
    ['ask', 'ok'],
    ['delegate', 'ok'],
  ])
  expect(state.compaction?.pins, where).toEqual(['the sea is calm'])
  expect(children, where).toHaveLength(1)
  const child = fold((children[0] ?? []).map((event) => lift(event)))
  expect([child.turns.length, child.delivered, answerOf(child)], where).toEqual([1, true, 'All done with help 🌊.'])
  const spent = child.turns.map(spentByTurn).reduce(plus, ZERO)
  expect(calls[1]?.spent, where).toEqual(spent)
  const [outcome] = outcomes(child, 'danger')[0] ?? []
  const times = effects.filter((line) => line === 'danger of help').length
  expect(times, where).toBeLessThanOrEqual(1)
  expect(outcome, where).toBe(times === 1 && outcome === 'ok' ? 'ok' : 'unknown')
}

test('killed at any cut point and started again, every turn ends once and no effect happens twice', {
  timeout: 480_000,
}, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'nacre-crash-'))
  try {
    const whole = await run(mkdtempSync(join(directory, 'whole-')), 0)
    expect(whole.stderr).toBe('')
    expect(whole.points).toBeGreaterThanOrEqual(CUT_POINTS)
    let unknown = 0
    const cuts = Array.from({ length: whole.points }, (_, n) => n + 1).values()
    const worker = async () => {
      for (const cut of cuts) {
        const found = await killedAt(cut, mkdtempSync(join(directory, `cut-${cut}-`)))
        unknown += found
      }
    }
    // All of them end before the directory goes, or its removal would hide what failed.
    const ends = await Promise.allSettled(Array.from({ length: availableParallelism() }, worker))
    for (const end of ends) if (end.status === 'rejected') throw end.reason
    expect(unknown).toBeGreaterThan(0)
    console.log(`${whole.points} cut points; at ${unknown} of them a tool's outcome was reported as unknown`)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})

/** How many outcomes the log had to call unknown after a kill there. */
async function killedAt(cut: number, place: string): Promise<number> {
  const { signal } = await run(place, cut)
  // The last ones are there only if as many appends met another one as before, which is for the machine to say.
  if (cut <= CUT_POINTS) expect(signal, `cut ${cut}`).toBe('SIGKILL')
  expect((await run(place, 0)).stderr, `after cut ${cut}`).toBe('')
  const found = await inspect(place)
  check(found, `cut ${cut}`)
  return ['act', 'danger']
    .flatMap((name) => outcomes(found.state, name).flat())
    .filter((outcome) => outcome === 'unknown').length
}
