import { join } from 'node:path'
import { productionPackages } from './lib/production.mjs'
import { ROOT } from './lib/root.mjs'
import { weigh } from './lib/weight.mjs'

// How heavy a production install of the runner is, counted in this clone. Exit code 1 where it is too heavy.
const { packages, megabytes, complaint } = weigh(productionPackages(join(ROOT, 'packages', 'runner')))
process.stdout.write(`${complaint ?? `${packages} packages, ${megabytes.toFixed(1)} MB`}\n`)
process.exitCode = complaint ? 1 : 0
