import { bootstrap } from './lib/bootstrap.mjs'
import { runExamples } from './lib/examples.mjs'
import { explain } from './lib/refusal.mjs'
import { ROOT } from './lib/root.mjs'
import { addUp, isCi, isGreen, lastLine } from './lib/tally.mjs'
import { runVitest } from './lib/vitest.mjs'

// `npm test [-- paths and vitest flags]`: build, all tests of all packages, then the examples. The last line is the sum.
const filters = process.argv.slice(2)
let total = { passed: 0, failed: 1, skipped: 0, unmet: [] }
try {
  const toolchain = await bootstrap(ROOT)
  const tests = await runVitest(ROOT, toolchain, filters)
  const examples = await runExamples(ROOT, toolchain, filters)
  total = addUp([tests, examples], { ci: isCi(process.env) })
  for (const { name, reason } of total.unmet)
    process.stdout.write(`failed, since CI has to provide it: ${name}: ${reason}\n`)
  if (total.passed + total.failed === 0) process.stdout.write('none ran\n')
  process.exitCode = isGreen(total) ? 0 : 1
} catch (error) {
  process.exitCode = explain(error)
}
process.stdout.write(`${lastLine(total)}\n`)
