import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemWorld } from '@nacre/client'
import { createRedactor } from '@nacre/kit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { momentOf } from '../src/commands/moment.js'
import { followLogFile } from '../src/daemon/log-file.js'
import { parseLogLine } from '../src/daemon/log-line.js'
import { fileLogger } from '../src/daemon/logger.js'
import { freshRoot } from './house.js'
import { ended, makePlace, type Place, until } from './place.js'

const at = (minute: number) => `2026-11-25T08:${String(minute).padStart(2, '0')}:00.000Z`
const line = (minute: number, words: string) => `${at(minute)} info ${words}\n`

function writeLog(place: Place, text: string, name = 'daemon.log'): string {
  mkdirSync(place.stateOf('alice'), { recursive: true, mode: 0o700 })
  const path = join(place.stateOf('alice'), name)
  writeFileSync(path, text)
  return path
}

/** Follows a file; `seen` is what has come, `live` where the beginning ended. */
function following(path: string) {
  const stop = new AbortController()
  const seen: string[] = []
  const done = (async () => {
    for await (const item of followLogFile(path, stop.signal, systemWorld()))
      seen.push(item.kind === 'live' ? '(live)' : item.line)
  })()
  return {
    seen,
    has: (wanted: string) => until(() => seen.includes(wanted)),
    end: () => {
      stop.abort()
      return done
    },
  }
}

describe('the daemon log', () => {
  test('is followed through rotation and truncation, each line once', async () => {
    const root = freshRoot()
    const path = join(root, 'daemon.log')
    writeFileSync(`${path}.1`, 'oldest\n')
    const follower = following(path)
    await follower.has('(live)')
    writeFileSync(path, 'one\nha')
    await follower.has('one')
    appendFileSync(path, 'lf\n')
    await follower.has('half')
    appendFileSync(path, 'last before\n')
    renameSync(path, `${path}.1`)
    writeFileSync(path, 'first after\n')
    await follower.has('first after')
    truncateSync(path, 0)
    appendFileSync(path, 'anew\n')
    await follower.has('anew')
    await follower.end()
    expect(follower.seen).toEqual(['oldest', '(live)', 'one', 'half', 'last before', 'first after', 'anew'])
  })

  test('a line without end is handed on in pieces of 64 Ki', async () => {
    const path = join(freshRoot(), 'daemon.log')
    writeFileSync(path, 'x'.repeat(300_000))
    const follower = following(path)
    await follower.has('(live)')
    await follower.end()
    const pieces = follower.seen.filter((piece) => piece !== '(live)')
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(128 * 1024)
    expect(pieces.length).toBeGreaterThan(1)
  })

  test('what the logger has written is taken apart again, whatever the words and facts', () => {
    const facts = fc.dictionary(
      fc.stringMatching(/^[a-z]\w{0,8}$/).filter((name) => name !== '__proto__'),
      fc.oneof(fc.string(), fc.integer(), fc.boolean()),
    )
    const words = fc.stringMatching(/^[a-z][a-z :,.]{0,30}$/)
    const path = join(freshRoot(), 'daemon.log')
    const logger = fileLogger(path, { ...systemWorld(), now: () => Date.parse(at(1)) }, createRedactor([]), false)
    fc.assert(
      fc.property(words, facts, (message, given) => {
        rmSync(path, { force: true })
        logger.warn(message, given)
        const written = parseLogLine(readLine(path))
        const shown = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, plain(value)]))
        expect(written).toEqual({ at: at(1), level: 'warn', message, facts: shown })
      }),
      { numRuns: 100 },
    )
  })

  test('a line that is none of ours is a message without a time', () => {
    expect(parseLogLine('Segmentation fault')).toEqual({
      at: null,
      level: null,
      message: 'Segmentation fault',
      facts: {},
    })
  })
})

describe('logs', { timeout: 30_000 }, () => {
  test('are told with the daemon down: the last lines, those since, as JSON', async () => {
    await using place = makePlace()
    writeLog(place, line(1, 'one'), 'daemon.log.1')
    writeLog(place, line(2, 'two a=1 b="x y"') + line(3, 'three') + line(4, 'four'))
    const told = async (...args: string[]) => (await place.run('logs', ...args)).stdout
    expect(await told()).toBe(line(1, 'one') + line(2, 'two a=1 b="x y"') + line(3, 'three') + line(4, 'four'))
    expect(await told('--tail', '1')).toBe(line(4, 'four'))
    expect(await told('--tail', '0')).toBe('')
    expect(await told('--since', at(3))).toBe(line(3, 'three') + line(4, 'four'))
    expect(await told('--since', at(2), '--tail', '1')).toBe(line(4, 'four'))
    expect(JSON.parse(await told('--since', at(2), '--json').then((text) => text.split('\n')[0] ?? ''))).toEqual({
      at: at(2),
      level: 'info',
      message: 'two',
      facts: { a: 1, b: 'x y' },
    })
    expect(await place.run('logs', '--since', 'yesterday')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('10m'),
    })
  })

  test('--follow tells what comes, until it is told to end', async () => {
    await using place = makePlace()
    const path = writeLog(place, line(1, 'one'))
    const child = place.spawnCli(['logs', '--follow'])
    const output = ended(child)
    let seen = ''
    child.stdout?.on('data', (text: string) => (seen += text))
    await until(() => seen.includes('one'))
    appendFileSync(path, line(2, 'two'))
    await until(() => seen.includes('two'))
    child.kill('SIGINT')
    expect(await output).toMatchObject({ code: 0, stdout: line(1, 'one') + line(2, 'two') })
  })

  test('of a daemon that never ran are none, and that is said', async () => {
    await using place = makePlace()
    expect(await place.run('logs')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('no log yet'),
    })
  })
})

test('a moment is so long ago, or when it says', () => {
  const now = Date.parse(at(10))
  expect(momentOf('10m', now)).toBe(Date.parse(at(0)))
  expect(momentOf('2h', now)).toBe(now - 7_200_000)
  expect(momentOf('2026-11-25T08:00Z', now)).toBe(Date.parse(at(0)))
  for (const text of ['', '10', 'm', '10y', '8:00', '2026-13-45'])
    expect(() => momentOf(text, now)).toThrow('is no time')
})

const readLine = (path: string) => readFileSync(path, 'utf8').replace(/\n$/, '')
/** As the logger shows it: control characters are blanks. */
const plain = (value: string | number | boolean) =>
  typeof value === 'string' ? value.replace(/\p{Cc}/gu, ' ').slice(0, 4000) : value
