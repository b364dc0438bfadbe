import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Bench } from '../bench.ts'
import { told } from '../child.ts'
import { limited, median } from '../numbers.ts'

const RUNS = 25

/** The doors, and the module that is the wire behind each. */
const WIRES = {
  openaiChat: 'openai-chat',
  openaiResponses: 'openai-responses',
  anthropicMessages: 'anthropic-messages',
  gemini: 'gemini',
  ollama: 'ollama',
  cohere: 'cohere',
} as const
type DoorName = keyof typeof WIRES

type Fresh = {
  readonly importMs: number
  readonly callMs: number
  /** URLs of modules: of the import alone, and of the first call too. */
  readonly withImport: readonly string[]
  readonly loaded: readonly string[]
}

export const loading: Bench = {
  name: 'loading',
  title: 'Loading the providers',
  note: `A fresh process imports \`@nacre/providers\`, and then makes one call through \`undiciFetch\`, which is on the wire when undici writes its headers. No compile cache. Medians of ${RUNS} processes; what is loaded is looked at in further ones, one for each of the ${Object.keys(WIRES).length} wires.`,
  async run(say) {
    const vendor = fork(fileURLToPath(new URL('./quick-vendor.ts', import.meta.url)))
    try {
      const base = await told<string>(vendor)
      const timed: Fresh[] = []
      for (let n = 0; n < RUNS; n++) timed.push(await fresh(base, 'openaiChat'))
      say('what is loaded')
      const doors = Object.keys(WIRES) as DoorName[]
      const seen = new Map<DoorName, Fresh>()
      for (const door of doors) seen.set(door, await fresh(base, door, 'looking'))
      return [
        limited('importing @nacre/providers', median(timed.map(({ importMs }) => importMs)), ' ms', { atMost: 10 }),
        limited('until the first call is on the wire', median(timed.map(({ callMs }) => callMs)), ' ms', {
          atMost: 120,
        }),
        limited('modules of zod and undici that the import loads', heavy(seen.get('openaiChat')), '', { atMost: 0 }),
        limited('wires loaded that the call does not use', unused(seen), '', { atMost: 0 }),
      ]
    } finally {
      vendor.disconnect()
    }
  },
}

async function fresh(base: string, door: DoorName, ...looking: readonly string[]): Promise<Fresh> {
  return await told<Fresh>(fork(fileURLToPath(new URL('./fresh.ts', import.meta.url)), [base, door, ...looking]))
}

const heavy = (fresh: Fresh | undefined): number =>
  fresh?.withImport.filter((url) => /\/node_modules\/(zod|undici)\//.test(url)).length ?? Number.NaN

/** Over all wires; throws where not even the wire in use was seen, for then nothing was looked at. */
function unused(seen: ReadonlyMap<DoorName, Fresh>): number {
  let count = 0
  for (const [door, { loaded }] of seen) {
    const wires = new Set(Object.values(WIRES).filter((wire) => loaded.some((url) => url.endsWith(`/${wire}.js`))))
    if (!wires.delete(WIRES[door])) throw new Error(`${door} made its call without its wire`)
    count += wires.size
  }
  return count
}
