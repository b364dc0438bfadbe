import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openLog } from '@nacre/log'
import type { NewSessionEvent } from '@nacre/session'
import { stored } from '@nacre/session/testing'
import { blobHash, inputId, sessionId, streamName, turnId, userId } from '@nacre/types'
import { describe, expect, test } from 'vitest'
import { readSessionFile } from '../src/session-file/read.js'
import { restore, withdraw } from '../src/session-file/restore.js'
import { fileAt } from '../src/session-file/source.js'
import { sessionLines } from '../src/session-file/write.js'
import { CLI, ended, makePlace, type Place, until } from './place.js'

const BYTES = Buffer.alloc(3 * 1024 * 1024, 7)
const HASH = blobHash(createHash('sha256').update(BYTES).digest('hex'))
/** A turn that is open, behind which comes what needs room. */
const EVENTS: readonly NewSessionEvent[] = [
  { type: 'session.created', title: 'Boats', agent: 'default' },
  { type: 'turn.queued', input: inputId('a'), parts: [{ type: 'text', text: 'go' }], mode: 'queue', by: 'me' },
  { type: 'turn.started', turn: turnId('a') },
  { type: 'prefix.set', hash: HASH, reason: 'first turn' },
]

async function fileIn(place: Place): Promise<{ path: string; text: string }> {
  let text = ''
  const events = (async function* () {
    yield* stored(EVENTS)
  })()
  const source = { session: sessionId('boats'), events, blob: async () => BYTES, onMissing: () => undefined }
  for await (const line of sessionLines(source)) text += line
  const path = join(place.root, 'boats.jsonl')
  writeFileSync(path, text)
  return { path, text }
}
const titles = async (place: Place): Promise<readonly string[]> =>
  (await place.run('sessions', '--json')).stdout.match(/"session":"[^"]*"/g) ?? []

describe('import', { timeout: 60_000 }, () => {
  test('of - reads standard input', async () => {
    await using place = makePlace()
    const { text } = await fileIn(place)
    expect(await place.runWith(text, 'import', '-', '--json')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"session":"boats","from":"boats","events":4,"blobs":1'),
    })
    expect(await place.runWith(text.slice(0, 1000), 'import', '-')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('of standard input: '),
    })
  })

  test('that fails half-way leaves nothing that a daemon would go on with, and says what to do', async () => {
    await using place = makePlace()
    const { path } = await fileIn(place)
    const limited = ['-c', 'ulimit -f 1500; exec "$@"', 'sh', process.execPath, CLI, 'import', path]
    const half = await ended(spawn('sh', limited, { env: place.env, stdio: ['ignore', 'pipe', 'pipe'] }))
    expect(half).toMatchObject({ code: 1, stderr: expect.stringMatching(/^runner: boats could not be written: /) })
    expect(await titles(place)).toEqual([])
    expect(existsSync(join(place.stateOf('alice'), 'importing'))).toBe(false)
    const [, mend = ''] = / import (.*)\n$/.exec(half.stderr) ?? []
    expect(await place.run('import', ...mend.split(' '))).toMatchObject({ code: 0 })
    expect(await titles(place)).toEqual(['"session":"boats-again"'])
  })

  /** What is there after a crash in the middle of an import, beside a session that is whole. */
  const cutOff = async (place: Place) => {
    mkdirSync(place.stateOf('alice'), { recursive: true, mode: 0o700 })
    const mark = join(place.stateOf('alice'), 'importing')
    writeFileSync(mark, 'boats')
    await using log = await openLog({ path: join(place.stateOf('alice'), 'log.db'), now: Date.now })
    for (const session of ['boats', 'raft'])
      await log.append(streamName(userId('alice'), sessionId(session)), EVENTS.slice(0, 2))
    return mark
  }
  const expectTakenAway = async (place: Place, mark: string) => {
    expect(existsSync(mark)).toBe(false)
    const left = await titles(place)
    expect([left.includes('"session":"raft"'), left.includes('"session":"boats"')]).toEqual([true, false])
  }

  test.each([
    ['the next start', ['start', '--detach']],
    ['npm start without a terminal', ['--first-run']],
    ['the next import', ['import', '/nowhere']],
  ])('that a crash has cut off is taken away by %s, before anything goes on with it', async (_, command) => {
    await using place = makePlace()
    const mark = await cutOff(place)
    expect((await place.run(...command)).stderr).toContain('An import of boats was cut off')
    await expectTakenAway(place, mark)
  })

  test('that a crash has cut off is taken away by a start in the foreground, too', async () => {
    await using place = makePlace()
    const mark = await cutOff(place)
    place.spawnCli(['start'])
    // A status is refused as long as its token is not there.
    await until(async () => (await place.run('status', '--json')).stdout.includes('"ready":true'))
    await expectTakenAway(place, mark)
  })

  test('that has written all leaves no mark', async () => {
    await using place = makePlace()
    const { path } = await fileIn(place)
    const mark = join(place.stateOf('alice'), 'importing')
    await place.run('import', path)
    expect(existsSync(mark)).toBe(false)
    expect(await titles(place)).toEqual(['"session":"boats"'])
  })

  test('writes nothing before it is on the disk which session it writes', async () => {
    await using place = makePlace()
    const { path } = await fileIn(place)
    mkdirSync(join(place.stateOf('alice'), 'importing'), { recursive: true, mode: 0o700 })
    expect((await place.run('import', path)).code).toBe(1)
    rmdirSync(join(place.stateOf('alice'), 'importing'))
    // Its id is still free.
    expect((await place.run('import', path)).code).toBe(0)
  })

  test('into a log that refuses an event fails once, and as what it is', async () => {
    await using place = makePlace()
    const { path } = await fileIn(place)
    await using log = await openLog({ path: join(place.root, 'log.db'), now: Date.now })
    const stream = streamName(userId('alice'), sessionId('boats'))
    await log.append(stream, [EVENTS[0] as NewSessionEvent])
    await log.append(stream, [{ type: 'session.deleted', by: 'me' } as NewSessionEvent])
    const target = { log, stream, setClock: () => undefined }
    const now = Date.now()
    // A second failure would be nobody's, and end this process.
    await expect(restore(readSessionFile(fileAt(path), now), sessionId('boats'), target, now)).rejects.toMatchObject({
      code: 'not_found',
    })
    await withdraw(target)
  })

  test('under the id of a session that was deleted is refused as what it is', async () => {
    await using place = makePlace()
    const { path } = await fileIn(place)
    await place.run('import', path)
    expect((await place.run('sessions', 'delete', 'boats', '--yes')).code).toBe(0)
    expect(await place.run('import', path)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^runner: A session boats was deleted here.*\n.*--as boats-again\n$/),
    })
  })
})
