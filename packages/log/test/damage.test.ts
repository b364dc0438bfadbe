import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openLog } from '@nacre/log'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { notice, now, stream } from './stage.js'

const CHILD = fileURLToPath(new URL('./child/damage.ts', import.meta.url))
const PAGE = 4096
const STREAMS = Array.from({ length: 12 }, (_, n) => `d/${n}`)

type Case = {
  readonly file: '' | '-wal'
  readonly cut?: number
  readonly bytes?: readonly (readonly [number, number])[]
}
type Refused = { readonly fault: string; readonly mend: boolean }
type Outcome = {
  readonly index: number
  readonly open: 'opened' | Refused
  readonly reads?: Readonly<Record<string, readonly string[] | Refused>>
  readonly kept?: Readonly<Record<string, string | Refused>>
  readonly heads?: unknown
  readonly verified?: unknown
  readonly append?: unknown
  readonly closed?: unknown
}

/** A log with a few streams and blobs of every size, as one file or as it lies there when its process was killed. */
async function goodLog(how: 'closed' | 'killed') {
  const home = mkdtempSync(join(tmpdir(), 'nacre-damage-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const path = join(home, 'live', 'log.db')
  const log = await openLog({ path, now })
  const acknowledged = Object.fromEntries(STREAMS.map((name): [string, string[]] => [name, []]))
  for (let n = 0; n < 20; n++)
    await Promise.all(
      STREAMS.map((name) => {
        const text = `${name} says ${n} 🐚 ${'x'.repeat((n * 97) % 700)}`
        acknowledged[name]?.push(text)
        return log.append(stream(name), [notice(text)])
      }),
    )
  const blobs: Record<string, string> = {}
  for (const size of [10, 5_000, 60_000]) {
    const bytes = Buffer.alloc(size, size % 251)
    blobs[await log.blobs.put(bytes)] = bytes.toString('hex')
  }
  if (how === 'closed') await log.close()
  // By another process: this one would lose its lock.
  execFileSync('cp', ['-r', dirname(path), join(home, 'good')])
  await log.close()
  return { home, good: join(home, 'good', 'log.db'), acknowledged, blobs }
}
type Good = Awaited<ReturnType<typeof goodLog>>

/** Uses the log once for each case of damage, in a process of its own, which must live through all of them. */
function use({ home, good, blobs }: Good, cases: readonly Case[]): readonly Outcome[] {
  const plan = join(home, 'plan.json')
  writeFileSync(plan, JSON.stringify({ streams: STREAMS, blobs: Object.keys(blobs), cases }))
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [CHILD, good, join(home, 'work', 'log.db'), plan],
    { encoding: 'utf8', maxBuffer: 1024 * 1024 * 1024 },
  )
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Outcome & { begins?: number })
  const last = lines.at(-1)?.begins
  expect({ status, signal, died: last === undefined ? undefined : cases[last], stderr }).toMatchObject({
    status: 0,
    signal: null,
  })
  return lines.filter((line) => line.begins === undefined)
}

const CODES = ['corrupt', 'storage_failed', 'unsupported']
/** Every refusal in it has a code and a mend, and nothing else was thrown. */
function checkRefusals(outcome: Outcome): void {
  const { open, reads = {}, kept = {}, heads, verified, append, closed } = outcome
  for (const each of [open, ...Object.values(reads), ...Object.values(kept), heads, verified, append, closed]) {
    if (typeof each !== 'object' || each === null || Array.isArray(each)) continue
    expect(each).toMatchObject({ fault: expect.stringMatching(new RegExp(`^(${CODES.join('|')})$`)), mend: true })
  }
}
const count = (outcomes: readonly Outcome[], judge: (outcome: Outcome) => boolean) => outcomes.filter(judge).length
const bytesOf = (places: readonly number[], values: readonly number[]) =>
  places.map((place, index) => [place, values[index] ?? 0] as const)

test('a damaged page, whichever, is a Fault for what lies on it; the rest is readable and the process lives', {
  timeout: 60_000,
}, async () => {
  const log = await goodLog('closed')
  const size = statSync(log.good).size
  const byte = fc.integer({ min: 0, max: 255 })
  const page = fc.nat(size / PAGE - 1)
  const somewhere = fc.tuple(fc.nat(size - 1), byte).map(([at, value]) => bytesOf([at], [value]))
  const header = fc.tuple(page, fc.nat(60), byte).map(([number, at, value]) => bytesOf([number * PAGE + at], [value]))
  const whole = fc.tuple(page, fc.array(byte, { minLength: PAGE, maxLength: PAGE })).map(([number, values]) =>
    bytesOf(
      values.map((_, at) => number * PAGE + at),
      values,
    ),
  )
  const cases = fc
    .sample(
      fc.oneof({ weight: 5, arbitrary: somewhere }, { weight: 5, arbitrary: header }, { weight: 2, arbitrary: whole }),
      { numRuns: 90, seed: 7 },
    )
    .map((bytes): Case => ({ file: '', bytes }))
  const outcomes = use(log, cases)
  for (const outcome of outcomes) {
    checkRefusals(outcome)
    for (const [name, texts] of Object.entries(log.acknowledged)) {
      const read = outcome.reads?.[name]
      if (Array.isArray(read)) expect(read, JSON.stringify(cases[outcome.index]?.bytes?.slice(0, 4))).toEqual(texts)
    }
    for (const [hash, hex] of Object.entries(log.blobs)) {
      // Where its name was hit there is none; other bytes there are never.
      const kept = outcome.kept?.[hash]
      if (typeof kept === 'string') expect(['', hex].includes(kept)).toBe(true)
    }
  }
  expect(outcomes).toHaveLength(cases.length)
  expect(count(outcomes, ({ open }) => open === 'opened')).toBeGreaterThan(60)
  expect(
    count(outcomes, ({ reads = {} }) => new Set(Object.values(reads).map(Array.isArray)).size === 2),
  ).toBeGreaterThan(10)
})

test('a file cut off anywhere is a Fault, at the latest when what is gone is asked for', {
  timeout: 60_000,
}, async () => {
  const log = await goodLog('closed')
  const size = statSync(log.good).size
  const cuts = [1, 15, 16, 99, 100, 101, 511, 512, PAGE - 1, PAGE, PAGE + 1, size - PAGE, size - 1]
  const cases = [...cuts, ...fc.sample(fc.nat(size - 1), { numRuns: 15, seed: 7 })]
    .filter((cut) => cut > 0)
    .map((cut): Case => ({ file: '', cut }))
  for (const outcome of use(log, cases)) {
    checkRefusals(outcome)
    const refused = [
      outcome.open,
      ...Object.values(outcome.reads ?? {}),
      ...Object.values(outcome.kept ?? {}),
      outcome.heads,
    ]
    expect(
      refused.some((each) => typeof each === 'object' && each !== null && 'fault' in each),
      JSON.stringify(cases[outcome.index]),
    ).toBe(true)
    for (const [name, texts] of Object.entries(log.acknowledged)) {
      const read = outcome.reads?.[name]
      if (Array.isArray(read)) expect(read).toEqual(texts)
    }
  }
})

test('of a damaged write-ahead log stays what was written before the damage, in its order', {
  timeout: 60_000,
}, async () => {
  const log = await goodLog('killed')
  const size = statSync(`${log.good}-wal`).size
  expect(size).toBeGreaterThan(20 * PAGE)
  const place = fc.nat(size - 1)
  const cases = [
    ...fc.sample(place, { numRuns: 15, seed: 7 }).map((cut): Case => ({ file: '-wal', cut })),
    ...fc
      .sample(fc.tuple(place, fc.nat(255)), { numRuns: 20, seed: 7 })
      .map((byte): Case => ({ file: '-wal', bytes: [byte] })),
    { file: '-wal', cut: 0 } as const,
  ]
  for (const outcome of use(log, cases)) {
    checkRefusals(outcome)
    for (const [name, texts] of Object.entries(log.acknowledged)) {
      const read = outcome.reads?.[name]
      if (Array.isArray(read)) expect(read).toEqual(texts.slice(0, read.length))
    }
    expect(outcome.open === 'opened' ? outcome.append : 'appended').toBe('appended')
  }
  // Whole, it is all there.
  const [whole] = use(log, [{ file: '-wal' }])
  expect(whole?.reads).toEqual(log.acknowledged)
})
