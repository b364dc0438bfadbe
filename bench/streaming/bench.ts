import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Bench, Row } from '../bench.ts'
import { told } from '../child.ts'
import { digits, limited, median } from '../numbers.ts'
import { openRace, ROUNDS } from '../race.ts'
import { CHUNKS } from './answer.ts'

const lane = (module: string) => ({ module: new URL(module, import.meta.url) })
const LANES = {
  Nacre: lane('./nacre.ts'),
  ai: lane('../peers/vercel-ai.mjs'),
  'pi-agent-core': lane('../peers/pi-agent.mjs'),
  bare: lane('./bare.ts'),
}
type Name = keyof typeof LANES

const TARGETS: readonly (readonly [Name, number])[] = [
  ['ai', 1],
  ['pi-agent-core', 1],
  ['bare', 1.5],
]
const NAMES = Object.keys(LANES) as Name[]

export const streaming: Bench = {
  name: 'streaming',
  title: 'A long streamed answer',
  note: `CPU time (user and system) of a whole process for each of the ${CHUNKS} chunks of one answer, over HTTP from another process. Each write leaves in a turn of the event loop of its own; how many a reader finds at once depends on how busy both are, so one chunk to a write is the noisier figure. Nacre is \`openaiChat\` and \`runTurn\`; bare is undici, eventsource-parser and JSON.parse. Median of ${ROUNDS} rounds, the four taking turns.`,
  async run(say) {
    const vendor = fork(fileURLToPath(new URL('./vendor.ts', import.meta.url)))
    try {
      const url = await told<string>(vendor)
      await using race = await openRace(LANES)
      const rows: Row[] = []
      for (const perWrite of [1, 50]) {
        say(`${perWrite} to a write`)
        rows.push(...compared(perWrite, await race.run(`${url}/per/${perWrite}`)))
      }
      return rows
    } finally {
      vendor.disconnect()
    }
  },
}

function compared(perWrite: number, samples: ReadonlyMap<Name, readonly number[]>): Row[] {
  const cost = (name: Name) => median(samples.get(name) ?? []) / CHUNKS
  const where = perWrite === 1 ? 'one chunk to a write' : `${perWrite} chunks to a write`
  return [
    ...NAMES.map((name) => ({ what: `${where}: ${name}`, value: `${digits(cost(name))} µs` })),
    ...TARGETS.map(([name, atMost]) =>
      limited(`${where}: Nacre against ${name}`, cost('Nacre') / cost(name), '×', { atMost }),
    ),
  ]
}
