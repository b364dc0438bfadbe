import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Bench } from './bench.ts'
import { limited } from './numbers.ts'

const WEIGHT = fileURLToPath(new URL('../scripts/weight.mjs', import.meta.url))

export const install: Bench = {
  name: 'install',
  title: 'A production install of the runner',
  note: 'Counted in this clone’s node_modules, without a network. `pnpm check` refuses what is too heavy.',
  async run() {
    const { stdout } = spawnSync(process.execPath, [WEIGHT], { encoding: 'utf8' })
    const [, packages, megabytes] = /(\d+) packages(?:,| and) ([\d.]+) MB/.exec(stdout) ?? []
    if (packages === undefined) throw new Error(`${WEIGHT} said: ${stdout}`)
    return [
      limited('packages', Number(packages), '', { atMost: 39 }),
      limited('size', Number(megabytes), ' MB', { atMost: 60 }),
    ]
  },
}
