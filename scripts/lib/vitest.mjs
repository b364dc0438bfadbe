import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { handOver } from './child.mjs'

/** Runs vitest over all packages and returns its tally. A vitest that dies without one is itself a failure. */
export async function runVitest(root, { node, env }, args) {
  const scratch = mkdtempSync(join(tmpdir(), 'nacre-test-'))
  const tallyFile = join(scratch, 'tally.json')
  try {
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
    const code = await handOver(node, [vitest, 'run', ...withTally(args)], {
      cwd: root,
      env: { ...env, NACRE_TALLY: tallyFile },
    })
    const tally = readTally(tallyFile)
    if (code !== 0 && tally.failed === 0) return { ...tally, failed: 1 }
    return tally
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

// Naming a reporter replaces those of the configuration, and ours with them.
function withTally(args) {
  const namesReporter = args.some((arg) => arg.startsWith('--reporter'))
  return namesReporter ? [...args, '--reporter=./scripts/lib/tally-reporter.mjs'] : args
}

function readTally(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    process.stdout.write('vitest ended without a result\n')
    return { passed: 0, failed: 1, skipped: [] }
  }
}
