import { writeFileSync } from 'node:fs'

/**
 * A vitest reporter: names every skipped test with its reason at the end, and leaves the counts as JSON in the file
 * named by NACRE_TALLY. A file that fails to load and an error outside of any test each count as one failure.
 */
export default class TallyReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const tally = { passed: 0, failed: unhandledErrors.length, skipped: [] }
    for (const module of modules) countModule(tally, module)
    printSkipped(tally.skipped)
    if (process.env.NACRE_TALLY) writeFileSync(process.env.NACRE_TALLY, JSON.stringify(tally))
  }
}

function countModule(tally, module) {
  let failedTests = 0
  for (const test of module.children.allTests()) {
    const result = test.result()
    if (result.state === 'passed') tally.passed += 1
    // A test still pending at the end was cut off by a dying worker.
    else if (result.state === 'skipped') tally.skipped.push({ name: nameOf(module, test), reason: result.note ?? '' })
    else failedTests += 1
  }
  const brokenElsewhere = failedTests === 0 && module.state() === 'failed'
  tally.failed += failedTests + (brokenElsewhere ? 1 : 0)
}

function nameOf(module, test) {
  return `${module.relativeModuleId} > ${test.fullName}`
}

function printSkipped(skipped) {
  if (skipped.length === 0) return
  process.stdout.write('\nskipped:\n')
  for (const { name, reason } of skipped) process.stdout.write(`  ${name}\n    ${reason || 'no reason given'}\n`)
}
