import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openLog } from '@nacre/log'
import { answerOf } from '@nacre/runtime'
import { fold, lift, type SessionState } from '@nacre/session'
import { sessionId, streamName, userId } from '@nacre/types'
import { expect, test } from 'vitest'

const CHILD = fileURLToPath(new URL('./fixtures/crash-child.ts', import.meta.url))
const STREAM = streamName(userId('alice'), sessionId('s1'))
/** Cut points of the scripted conversation; a smaller number would mean that some are no longer visited. */
const CUT_POINTS = 68

type Run = { readonly signal: string | null; readonly points: number; readonly stderr: string }

function run(directory: string, cut: number): Run {
  const { signal, stdout, stderr } = spawnSync(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      CHILD,
      join(directory, 'log.db'),
      join(directory, 'effects'),
      String(cut),
    ],
    { encoding: 'utf8', timeout: 20_000 },
  )
  return { signal, points: Number(stdout), stderr }
}

async function inspect(directory: string) {
  await using log = await openLog({ path: join(directory, 'log.db'), now: () => 0 })
  const { events } = await log.read(STREAM)
  const wrongHeads = await log.verifyHeads()
  return { events, state: fold(events.map((event) => lift(event))), wrongHeads, effects: effectsIn(directory) }
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

function check({ events, state, wrongHeads, effects }: Awaited<ReturnType<typeof inspect>>, where: string) {
  const finished = events.filter((event) => event.type === 'turn.finished')
  expect(finished, where).toHaveLength(2)
  expect(
    state.turns.map((turn) => [turn.turn, turn.end?.outcome]),
    where,
  ).toEqual([
    ['one', 'completed'],
    ['two', 'completed'],
  ])
  expect(answerOf(state), where).toBe('All done with two 🌊.')
  expect(wrongHeads, where).toEqual([])
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

test('killed at any cut point and started again, every turn ends once and no effect happens twice', {
  timeout: 240_000,
}, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'nacre-crash-'))
  try {
    const whole = run(join(directory, 'whole-does-not-exist-yet'), 0)
    expect(whole.stderr).toBe('')
    expect(whole.points).toBeGreaterThanOrEqual(CUT_POINTS)
    let unknown = 0
    for (let cut = 1; cut <= whole.points; cut++) {
      const place = mkdtempSync(join(directory, `cut-${cut}-`))
      expect(run(place, cut).signal, `cut ${cut}`).toBe('SIGKILL')
      expect(run(place, 0).stderr, `after cut ${cut}`).toBe('')
      const found = await inspect(place)
      check(found, `cut ${cut} of ${whole.points}`)
      unknown += [...outcomes(found.state, 'act'), ...outcomes(found.state, 'danger')]
        .flat()
        .filter((o) => o === 'unknown').length
    }
    expect(unknown).toBeGreaterThan(0)
    console.log(`${whole.points} cut points; at ${unknown} of them a tool's outcome was reported as unknown`)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})
