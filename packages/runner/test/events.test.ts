import { join } from 'node:path'
import { systemWorld } from '@nacre/client'
import { openLog } from '@nacre/log'
import { LEDGER, sessionId, streamName, userId } from '@nacre/types'
import { describe, expect, test } from 'vitest'
import { ended, makePlace, type Place, type Ran, until } from './place.js'

const alice = userId('alice')
const created = (title = '') => ({ type: 'session.created', title, agent: 'default' })

/** Writes sessions, oldest first, into the log of a daemon that does not run. */
async function written(place: Place, sessions: readonly string[], title?: string): Promise<void> {
  await using log = await openLog({ path: join(place.stateOf('alice'), 'log.db'), now: systemWorld().now })
  const event = created(title)
  await Promise.all(sessions.map((session) => log.append(streamName(alice, sessionId(session)), [event])))
}

type Line = { readonly session: string; readonly seq: number; readonly type: string }
const lines = (text: string): readonly Line[] =>
  text
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line))

/** A follower, and the lines that it has printed so far. */
function following(place: Place) {
  const child = place.spawnCli(['events', '--follow', '--json'])
  const output = ended(child)
  let seen = ''
  child.stdout?.on('data', (text: string) => (seen += text))
  return {
    seen: () => lines(seen),
    stop(): Promise<Ran> {
      child.kill('SIGINT')
      return output
    },
  }
}

describe('events', () => {
  test('--follow follows more sessions than a connection may subscribe to, each event once', async () => {
    await using place = makePlace()
    const sessions = Array.from({ length: 130 }, (_, n) => `s${n}`)
    await written(place, sessions)
    await place.run('start', '--detach')
    const follower = following(place)
    await until(() => follower.seen().length >= sessions.length)
    const client = place.client()
    for (const session of ['s0', 's129', 's1', 's0']) {
      const input = `i${follower.seen().length}`
      await client.send(sessionId(session), 'help', { input })
      await until(() =>
        follower.seen().some((line) => line.type === 'turn.finished' && Reflect.get(line, 'turn') === input),
      )
    }
    await client.createSession({ session: sessionId('later') })
    await until(() => follower.seen().some(({ session }) => session === 'later'))
    await client.close()
    const { code, stdout, stderr } = await follower.stop()
    expect([code, stderr]).toEqual([0, ''])
    const told = lines(stdout).map(({ session, seq }) => `${session} ${seq}`)
    expect(new Set(told).size).toBe(told.length)
    expect(told.toSorted()).toEqual(
      lines((await place.run('events', '--json')).stdout)
        .map(({ session, seq }) => `${session} ${seq}`)
        .toSorted(),
    )
  })

  test('says on standard error what a running daemon does not list, and the log itself has all', async () => {
    await using place = makePlace()
    await written(
      place,
      Array.from({ length: 1_003 }, (_, n) => `s${n}`),
    )
    const all = await place.run('events', '--json')
    expect([lines(all.stdout).length, all.stderr]).toEqual([1_003, ''])
    await place.run('start', '--detach')
    const some = await place.run('events', '--json')
    expect(lines(some.stdout)).toHaveLength(1_000)
    expect(some.stderr).toMatch(/Of 1003 sessions only the 1000 .*\n.*--session/)
    const follower = following(place)
    await until(() => follower.seen().length >= 1_000)
    const client = place.client()
    await client.send(sessionId('s0'), 'help')
    await until(() => follower.seen().some((line) => line.session === 's0' && line.type === 'turn.finished'))
    await client.close()
    const { code, stderr } = await follower.stop()
    expect([code, stderr]).toEqual([0, expect.stringMatching(/Of 1003 .*\n.*as soon as something happens/)])
  })

  test('--session is one session by a beginning that no other has, with the daemon and without it', async () => {
    await using place = makePlace()
    await written(place, ['abc-1', 'abd', 'abd-2'])
    await written(place, ['zebra'], 'Budget')
    await using log = await openLog({ path: join(place.stateOf('alice'), 'log.db'), now: systemWorld().now })
    await log.append(streamName(alice, LEDGER), [created('Ledger')])
    await log.close()
    const asked = async () => {
      const ran = []
      for (const prefix of ['abc', 'abd', 'Budget', 'ab', 'no-such', 'ledger', 'ledg']) {
        const { code, stdout, stderr } = await place.run('events', '--json', '--session', prefix)
        ran.push({ prefix, code, sessions: lines(stdout).map(({ session }) => session), stderr })
      }
      return ran
    }
    const read = await asked()
    expect(read.map(({ code, sessions }) => [code, ...sessions])).toEqual([
      [0, 'abc-1'],
      [0, 'abd'],
      [0, 'zebra'],
      [2],
      [1],
      [1],
      [1],
    ])
    expect(read[3]?.stderr).toMatch(/abc-1.*\n.*Say more of the id/)
    await place.run('start', '--detach')
    expect(await asked()).toEqual(read)
  })
})
