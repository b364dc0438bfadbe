import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Bench, Row } from '../bench.ts'
import { digits, limited, median, percentile } from '../numbers.ts'
import { CLI, makePlace, type Place } from './place.ts'
import { storedId, storeSessions } from './stored-sessions.ts'

const SESSIONS = 10_000
const SPAWNS = 25
const STARTS = 9
const LOOKS = 200

export const startUp: Bench = {
  name: 'start-up',
  title: 'Starting, and finding a session',
  note: `Wall time from the spawn. ${SPAWNS} runs of each program and ${STARTS} starts of each daemon, taking turns, medians; ${LOOKS} questions over the socket, one after the other.`,
  async run(say) {
    say('programs')
    const [bare, version] = await programs()
    say(`storing ${SESSIONS} sessions`)
    using empty = makePlace()
    using full = makePlace()
    await storeSessions(full.log, SESSIONS, 'idle')
    say('daemons')
    const [few, many] = await daemons(empty, full)
    say('questions')
    return [
      { what: '`node -e 0`', value: `${digits(bare)} ms` },
      { what: '`runner --version`', value: `${digits(version)} ms` },
      limited('`runner --version` against `node -e 0`', version / bare, '×', { atMost: 1.6 }),
      { what: 'daemon, until `/readyz`', value: `${digits(few)} ms` },
      limited('daemon against `node -e 0`', few / bare, '×', { atMost: 10 }),
      { what: `daemon with ${SESSIONS} sessions`, value: `${digits(many)} ms` },
      limited(`daemon with ${SESSIONS} sessions against none`, many / few, '×', { atMost: 1.2 }),
      ...(await questions(full)),
    ]
  },
}

async function programs(): Promise<[bare: number, version: number]> {
  const samples: [number[], number[]] = [[], []]
  for (let n = -3; n < SPAWNS; n++) {
    const bare = await timed(['-e', '0'])
    const version = await timed([CLI, '--version'])
    if (n < 0) continue
    samples[0].push(bare)
    samples[1].push(version)
  }
  return [median(samples[0]), median(samples[1])]
}

async function timed(args: readonly string[]): Promise<number> {
  const started = performance.now()
  const [code] = await once(spawn(process.execPath, args, { stdio: 'ignore' }), 'exit')
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with exit code ${code}`)
  return performance.now() - started
}

async function daemons(empty: Place, full: Place): Promise<[few: number, many: number]> {
  const samples: [number[], number[]] = [[], []]
  for (let n = -1; n < STARTS; n++) {
    const few = await startMs(empty)
    const many = await startMs(full)
    if (n < 0) continue
    samples[0].push(few)
    samples[1].push(many)
  }
  return [median(samples[0]), median(samples[1])]
}

async function startMs(place: Place): Promise<number> {
  const daemon = await place.start()
  await daemon.stop()
  return daemon.startMs
}

async function questions(place: Place): Promise<readonly Row[]> {
  const daemon = await place.start()
  const client = daemon.client()
  await client.connected()
  const asked = async (ask: (n: number) => Promise<unknown>) => {
    const samples: number[] = []
    for (let n = 0; n < LOOKS; n++) {
      const started = performance.now()
      await ask(n)
      samples.push(performance.now() - started)
    }
    return samples
  }
  const listed = await asked(() => client.sessions())
  const found = await asked((n) => client.find(storedId(n * 37).slice(0, 6)))
  await client.close()
  await daemon.stop()
  return [
    ...answered(`\`list_sessions\` of ${SESSIONS} (the newest 1000)`, listed),
    ...answered(`\`find_session\` among ${SESSIONS}`, found),
  ]
}

const answered = (what: string, samples: readonly number[]): readonly Row[] => [
  { what: `${what}, p50`, value: `${digits(median(samples))} ms` },
  limited(`${what}, p95`, percentile(samples, 0.95), ' ms', { atMost: 20 }),
]
