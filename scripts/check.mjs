import { bootstrap } from './lib/bootstrap.mjs'
import { checks } from './lib/checks.mjs'
import { capture } from './lib/child.mjs'
import { seconds } from './lib/phase.mjs'
import { explain } from './lib/refusal.mjs'
import { ROOT } from './lib/root.mjs'

const AT_ONCE = 2

// `pnpm check`: everything that is judged without running the product. One line per check, a failed one with its output.
try {
  const toolchain = await bootstrap(ROOT)
  const started = performance.now()
  const failed = await runAll(checks(ROOT), toolchain)
  const verdict = failed.length === 0 ? 'all checks passed' : `failed: ${failed.join(', ')}`
  process.stdout.write(`${verdict}, ${seconds(started)}\n`)
  process.exitCode = failed.length === 0 ? 0 : 1
} catch (error) {
  process.exitCode = explain(error)
}

async function runAll(list, toolchain) {
  const waiting = [...list]
  const failed = []
  const runner = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      if (!(await passes(check, toolchain))) failed.push(check.name)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, runner))
  return failed
}

async function passes({ name, commands }, { node, env }) {
  const started = performance.now()
  const outputs = []
  for (const args of commands) {
    const { code, output } = await capture(node, args, { cwd: ROOT, env: { ...env, NO_COLOR: '1' } })
    if (code !== 0) outputs.push(output.trim())
  }
  const verdict = outputs.length === 0 ? 'ok' : 'FAILED'
  process.stdout.write([`${name} ${verdict} ${seconds(started)}`, ...outputs, ''].join('\n'))
  return outputs.length === 0
}
