import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { closeFork, fold, lift } from '@nacre/session'
import { stored } from '@nacre/session/testing'
import type { BlobHash, StoredEvent } from '@nacre/types'
import { sessionId } from '@nacre/types'
import { describe, expect, test } from 'vitest'
import { replaySession } from '../src/replay/replay.js'
import { makePlace } from './place.js'

const DIRECTORY = fileURLToPath(new URL('./fixtures/sessions/', import.meta.url))
type Fixture = {
  readonly session: string
  readonly events: readonly StoredEvent[]
  readonly blobs: Readonly<Record<string, string>>
}
/** Sessions that an engine has written: killed and started again, cancelled, with delegates, with checkpoints. */
const NAMES = readdirSync(DIRECTORY).map((name) => name.replace('.json', ''))
const read = (name: string): Fixture => JSON.parse(readFileSync(`${DIRECTORY}${name}.json`, 'utf8'))

function replayOf({ session, blobs }: Fixture, events: readonly StoredEvent[]) {
  const blob = async (hash: BlobHash) => {
    const bytes = blobs[hash]
    return bytes === undefined ? undefined : new Uint8Array(Buffer.from(bytes, 'base64'))
  }
  return replaySession({ session: sessionId(session), events, blob })
}

const UNSEEN = ['prefix.set', 'session.compacted']
const MADE = ['turn.started', 'turn.finished', 'step.started', 'step.finished', 'tool.started', 'tool.finished']
const isCompaction = (event: StoredEvent, events: readonly StoredEvent[]): boolean =>
  events.some((step) => 'compacts' in step && Reflect.get(step, 'step') === Reflect.get(event, 'step'))

describe('a replay', { timeout: 60_000 }, () => {
  test.each(NAMES)('of a session that was %s has no divergence', async (name) => {
    const fixture = read(name)
    const { divergence, whole, turns } = await replayOf(fixture, fixture.events)
    expect({ divergence, whole }).toEqual({ divergence: undefined, whole: true })
    expect(turns).toBe(fixture.events.filter(({ type }) => type === 'turn.finished').length)
  })

  test.each(NAMES)('of a session that was %s misses each event that was taken out', async (name) => {
    const fixture = read(name)
    for (const [at, event] of fixture.events.entries()) {
      const last = at === fixture.events.length - 1
      if (!MADE.includes(event.type) || UNSEEN.includes(event.type) || last) continue
      if (isCompaction(event, fixture.events)) continue
      const { divergence } = await replayOf(fixture, fixture.events.toSpliced(at, 1))
      // Without its end a step reads as one that a crash cut off, until something says that it was not.
      expect(divergence, `${at} ${event.type}`).toBeDefined()
    }
  })

  test.each(NAMES)(
    'of a session that was %s names the first event that was changed, and both readings of it',
    async (name) => {
      const fixture = read(name)
      const changes: Readonly<Record<string, object>> = {
        'turn.finished': { outcome: 'failed', fault: { code: 'internal', message: 'changed' } },
        'tool.started': { name: 'another' },
        'turn.started': { turn: 'another' },
      }
      for (const [at, event] of fixture.events.entries()) {
        const change = changes[event.type]
        if (change === undefined || fixture.events.slice(at).some(({ type }) => type === 'session.forked')) continue
        const { divergence } = await replayOf(fixture, fixture.events.with(at, { ...event, ...change }))
        expect(divergence, `${at} ${event.type}`).toMatchObject({ seq: event.seq, expected: change })
        expect(divergence?.got).not.toEqual(divergence?.expected)
      }
    },
  )

  test('of a fork, wherever it was made, has no divergence, and misses what the fork should have closed', async () => {
    const fixture = read('killed')
    for (let at = 1; at <= fixture.events.length; at++) {
      const before = fixture.events.slice(0, at)
      const state = fold(before.map((event) => lift(event)))
      const closing = stored(closeFork(state, sessionId('original'), state.seq), state.seq + 3)
      const { divergence } = await replayOf(fixture, [...before, ...closing])
      expect(divergence, `forked behind ${before.at(-1)?.type}`).toBeUndefined()
      if (closing.length < 3) continue
      const { divergence: missed, whole } = await replayOf(fixture, [...before, ...closing.toSpliced(1, 1)])
      expect(missed !== undefined || !whole, `forked behind ${before.at(-1)?.type}`).toBe(true)
    }
  })

  test('of what ends in the middle of a turn, or lost its prompt, says so in words', async () => {
    const fixture = read('killed')
    const at = fixture.events.findIndex(({ type }) => type === 'step.finished')
    expect(await replayOf(fixture, fixture.events.slice(0, at))).toMatchObject({
      notes: ['The log ends in the middle of a turn.'],
    })
    expect(await replayOf({ ...fixture, blobs: {} }, fixture.events)).toMatchObject({
      whole: false,
      notes: [expect.stringContaining('prompt and tools')],
    })
  })

  test('is asked on the command line: exit code 0 for a clean log, and 3 turns are counted', async () => {
    await using place = makePlace()
    await place.run('start', '--detach')
    await place.run('ask', 'read notes.md and todo.md')
    const { sessions } = await place.status()
    const session = sessions[0]?.session ?? ''
    await place.run('ask', '--session', session, 'run `date`')
    await place.run('ask', '--session', session, '--yes', 'run `date`')
    await place.run('stop')
    const told = await place.run('replay', session.slice(0, 6))
    expect(told).toMatchObject({ code: 0, stdout: expect.stringMatching(/^3 turns, \d+ events: no divergence\n$/) })
    expect(JSON.parse((await place.run('replay', session, '--json')).stdout)).toMatchObject({
      session,
      turns: 3,
      whole: true,
      divergence: null,
      notes: [],
    })
  })
})
