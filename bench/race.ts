import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { told } from './child.ts'

const LANE = fileURLToPath(new URL('./lane.ts', import.meta.url))
const WARM_UP = 2
export const ROUNDS = 7

/** The module that a contestant is, and which of its functions reads an answer. `answer` where nothing is said. */
export type Contestant = { readonly module: URL; readonly reads?: string }

/** Contestants, each in a process of its own. */
export type Race<Name extends string> = AsyncDisposable & {
  /** The microseconds of CPU that each took to read the answer at `base`, a number a round; they take turns. */
  run(base: string): Promise<ReadonlyMap<Name, readonly number[]>>
}

/** `preload` is loaded before a contestant is. */
export async function openRace<Name extends string>(
  contestants: Readonly<Record<Name, Contestant>>,
  preload?: URL,
): Promise<Race<Name>> {
  const lanes = new Map<Name, ChildProcess>()
  const close = () => {
    for (const lane of lanes.values()) lane.disconnect()
  }
  try {
    for (const name of Object.keys(contestants) as Name[]) {
      const { module, reads = 'answer' } = contestants[name]
      const execArgv = preload === undefined ? [] : ['--import', preload.href]
      const lane = fork(LANE, [module.href, reads], { execArgv })
      lanes.set(name, lane)
      await told(lane)
    }
  } catch (error) {
    close()
    throw error
  }
  return { run: (base) => run(lanes, base), [Symbol.asyncDispose]: async () => close() }
}

async function run<Name extends string>(lanes: ReadonlyMap<Name, ChildProcess>, base: string) {
  const samples = new Map<Name, number[]>([...lanes.keys()].map((name) => [name, []]))
  let expected: number | undefined
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    for (const [name, lane] of lanes) {
      const answer = told<{ micros: number; chars: number }>(lane)
      lane.send(base)
      const { micros, chars } = await answer
      expected ??= chars
      if (chars !== expected) throw new Error(`${name} read ${chars} characters where others read ${expected}`)
      if (round >= 0) samples.get(name)?.push(micros)
    }
  }
  return samples
}
