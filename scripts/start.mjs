import { join } from 'node:path'
import { bootstrap } from './lib/bootstrap.mjs'
import { handOver } from './lib/child.mjs'
import { explain } from './lib/refusal.mjs'
import { ROOT } from './lib/root.mjs'

// `npm start`: from a bare clone to a conversation. On a terminal the runner opens it, elsewhere it shows a demo.
try {
  const { node, env } = await bootstrap(ROOT)
  const runner = join(ROOT, 'packages', 'runner', 'dist', 'cli.js')
  process.exitCode = await handOver(node, [runner, '--first-run', ...process.argv.slice(2)], { env })
} catch (error) {
  process.exitCode = explain(error)
}
