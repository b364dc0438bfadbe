import { capture } from './child.mjs'
import { seconds } from './phase.mjs'
import { membersOf } from './workspace.mjs'

/**
 * Runs `check` of every example that has one, each counting as one test. `filters` are the paths given to `npm test`: with
 * some, only the examples below them run.
 */
export async function runExamples(root, { pnpm, env }, filters) {
  const tally = { passed: 0, failed: 0, skipped: [] }
  for (const { dir, path, manifest } of membersOf(root, 'examples')) {
    if (!manifest.scripts?.check || !isChosen(dir, filters)) continue
    const started = performance.now()
    const { code, output } = await capture(pnpm, ['run', 'check'], { cwd: path, env })
    const verdict = code === 0 ? 'passed' : 'failed'
    tally[verdict] += 1
    process.stdout.write(`${dir} ${verdict} ${seconds(started)}\n`)
    if (code !== 0) process.stdout.write(`${output.trimEnd()}\n`)
  }
  return tally
}

function isChosen(dir, filters) {
  const paths = filters.filter((filter) => !filter.startsWith('-'))
  return filters.length === 0 || paths.some((filter) => `${dir}/`.startsWith(`${filter.replace(/\/$/, '')}/`))
}
