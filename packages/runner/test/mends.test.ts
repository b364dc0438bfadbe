import { mkdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { filesBelow, makePlace } from './place.js'

const SOURCE = fileURLToPath(new URL('../src', import.meta.url))

/** The text between the parenthesis at `from` and the one that closes it; parentheses in texts are in pairs here. */
function argumentsAt(text: string, from: number): string {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    if (text[at] === '(') depth += 1
    if (text[at] === ')') depth -= 1
    if (depth === 0) return text.slice(from, at)
  }
  return text.slice(from)
}

test('every Fault that the runner makes says how to mend it, or passes on what says it', () => {
  const lacking: string[] = []
  let seen = 0
  for (const path of filesBelow(SOURCE).filter((name) => name.endsWith('.ts'))) {
    const text = readFileSync(path, 'utf8')
    for (const { index } of text.matchAll(/new Fault\(/g)) {
      seen += 1
      const given = argumentsAt(text, index + 'new Fault'.length)
      if (!/\bmend\b/.test(given)) lacking.push(`${path.slice(SOURCE.length)}: ${given.slice(0, 90)}`)
    }
  }
  expect(seen).toBeGreaterThan(30)
  expect(lacking).toEqual([])
})

/** Wrong usages, and what each exits with; every one says what is wrong in one line and how to mend it in the next. */
const WRONG: readonly (readonly [readonly string[], number])[] = [
  [['strat'], 2],
  [['--nonsense'], 2],
  [['status', '--nonsense'], 2],
  [['status', 'now'], 2],
  [['stop', '--detach'], 2],
  [['start', '--user', '../x'], 2],
  [['--tui', 'status'], 2],
  [['--tui'], 1],
  [['ask'], 2],
  [['ask', '--timeout', '0', 'x'], 2],
  [['ask', 'hello'], 3],
  [['approvals'], 3],
  [['events', '--follow'], 3],
  [['events', '--session', 'none'], 1],
  [['logs', '--since', 'yesterday'], 2],
  [['logs', '--tail', '-1'], 2],
  [['sessions', 'melt'], 2],
  [['sessions', 'show'], 2],
  [['sessions', 'show', 'none'], 1],
  [['sessions', 'fork', 'none'], 1],
  [['sessions', 'rename', 'none'], 2],
  [['sessions', 'rename', 'none', 'Boats'], 1],
  [['sessions', 'archive', 'none'], 1],
  [['sessions', 'unarchive', 'none'], 1],
  [['sessions', 'delete', 'none', '--yes'], 1],
  [['export'], 2],
  [['export', 'none'], 1],
  [['export', 'none', '--json'], 2],
  [['export', 'none', '--format', 'pdf'], 2],
  [['import', '/nowhere'], 1],
  [['import', '/dev/null'], 1],
  [['import', '/dev/null', '--as', '../x'], 2],
  [['replay', 'none'], 1],
  [['usage', '--by', 'moon'], 2],
  [['catalog'], 2],
  [['catalog', 'show', 'nobody/nothing'], 1],
  [['catalog', 'fetch', '--url', 'http://example.org'], 2],
  [['completion', 'tcsh'], 2],
]

test('what cannot be done exits with the code that it should, and says the way out', { timeout: 90_000 }, async () => {
  await using place = makePlace()
  for (const [args, code] of WRONG) {
    const ran = await place.run(...args)
    expect([args.join(' '), ran.code, ran.stdout]).toEqual([args.join(' '), code, ''])
    expect(ran.stderr, args.join(' ')).toMatch(/^runner: .+\n {2}\S.+\n$/)
  }
})

test('where there are several users, who names none is told their names and the flag', async () => {
  await using place = makePlace()
  for (const user of ['alice', 'bob']) mkdirSync(place.stateOf(user), { recursive: true, mode: 0o700 })
  expect(await place.run('sessions')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^runner: There are several users here: alice, bob\.\n.*: --user alice\n$/),
  })
  expect((await place.run('sessions', '--user', 'bob')).code).toBe(0)
})
