import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Bench, Row } from '../bench.ts'
import { digits, limited, median } from '../numbers.ts'
import { CHUNKS } from './answer.ts'

const LANES = {
  Nacre: './nacre.ts',
  ai: '../peers/vercel-ai.mjs',
  'pi-agent-core': '../peers/pi-agent.mjs',
  bare: './bare.ts',
} as const
type Name = keyof typeof LANES

const TARGETS: readonly (readonly [Name, number])[] = [
  ['ai', 1],
  ['pi-agent-core', 1],
  ['bare', 1.5],
]
const NAMES = Object.keys(LANES) as Name[]
const WARM_UP = 2
const ROUNDS = 7

export const streaming: Bench = {
  name: 'streaming',
  title: 'A long streamed answer',
  note: `CPU time (user and system) of a whole process for each of the ${CHUNKS} chunks of one answer, over HTTP from another process. Each write leaves in a turn of the event loop of its own; how many a reader finds at once depends on how busy both are, so one chunk to a write is the noisier figure. Nacre is \`openaiChat\` and \`runTurn\`; bare is undici, eventsource-parser and JSON.parse. Median of ${ROUNDS} rounds, the four taking turns.`,
  async run(say) {
    const vendor = fork(pathOf('./vendor.ts'))
    const url = await told<string>(vendor)
    const lanes = new Map<Name, ChildProcess>()
    try {
      for (const name of NAMES) {
        const lane = fork(pathOf('./lane.ts'), [pathOf(LANES[name])])
        lanes.set(name, lane)
        await told(lane)
      }
      const rows: Row[] = []
      for (const perWrite of [1, 50]) {
        say(`${perWrite} to a write`)
        rows.push(...compared(perWrite, await race(lanes, `${url}/per/${perWrite}`)))
      }
      return rows
    } finally {
      for (const child of [vendor, ...lanes.values()]) child.disconnect()
    }
  },
}

const pathOf = (module: string) => fileURLToPath(new URL(module, import.meta.url))

/** What a child says next. */
function told<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const gone = () => reject(new Error(`${child.spawnargs.at(-1)} ended before it was done`))
    child.once('exit', gone).once('message', (message) => {
      child.off('exit', gone)
      resolve(message as T)
    })
  })
}

/** Microseconds for a chunk, one number a round. */
async function race(lanes: ReadonlyMap<Name, ChildProcess>, base: string): Promise<ReadonlyMap<Name, number[]>> {
  const samples = new Map(NAMES.map((name) => [name, [] as number[]]))
  let expected: number | undefined
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    for (const [name, lane] of lanes) {
      const answer = told<{ micros: number; chars: number }>(lane)
      lane.send(base)
      const { micros, chars } = await answer
      expected ??= chars
      if (chars !== expected) throw new Error(`${name} read ${chars} characters where others read ${expected}`)
      if (round >= 0) samples.get(name)?.push(micros / CHUNKS)
    }
  }
  return samples
}

function compared(perWrite: number, samples: ReadonlyMap<Name, readonly number[]>): Row[] {
  const cost = (name: Name) => median(samples.get(name) ?? [])
  const where = perWrite === 1 ? 'one chunk to a write' : `${perWrite} chunks to a write`
  return [
    ...NAMES.map((name) => ({ what: `${where}: ${name}`, value: `${digits(cost(name))} µs` })),
    ...TARGETS.map(([name, atMost]) =>
      limited(`${where}: Nacre against ${name}`, cost('Nacre') / cost(name), '×', { atMost }),
    ),
  ]
}
