/**
 * What a test run came to: `{ passed, failed, skipped }`, the last being `{ name, reason }` each. In CI a test skipped
 * with a reason that begins "needs " counts as failed: CI has to bring what the tests need.
 */
export function addUp(tallies, { ci }) {
  const skips = tallies.flatMap((tally) => tally.skipped)
  const unmet = ci ? skips.filter(({ reason }) => reason.startsWith('needs ')) : []
  return {
    passed: sum(tallies.map((tally) => tally.passed)),
    failed: sum(tallies.map((tally) => tally.failed)) + unmet.length,
    skipped: skips.length - unmet.length,
    unmet,
  }
}

/** The last line of every test run. */
export function lastLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}

/** Red when something failed, and when nothing ran: an empty run proves nothing. */
export function isGreen({ passed, failed }) {
  return failed === 0 && passed > 0
}

export function isCi(env) {
  return Boolean(env.CI) && env.CI !== 'false' && env.CI !== '0'
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0)
}
