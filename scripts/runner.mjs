import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { bootstrap } from './lib/bootstrap.mjs'
import { handOver } from './lib/child.mjs'
import { explain } from './lib/refusal.mjs'
import { ROOT } from './lib/root.mjs'
import { ensureToolchain } from './lib/toolchain.mjs'

// `npm run runner -- …` and `pnpm runner …`: the command line with the right Node, and nothing printed beside its own words.
try {
  const runner = join(ROOT, 'packages', 'runner', 'dist', 'cli.js')
  const { node, env } = existsSync(runner) ? await ensureToolchain(ROOT) : await bootstrap(ROOT)
  process.exitCode = await handOver(node, [runner, ...process.argv.slice(2)], { env })
} catch (error) {
  process.exitCode = explain(error)
}
