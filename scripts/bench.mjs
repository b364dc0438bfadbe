import { join } from 'node:path'
import { bootstrap } from './lib/bootstrap.mjs'
import { handOver } from './lib/child.mjs'
import { installFrozen } from './lib/install.mjs'
import { phase } from './lib/phase.mjs'
import { explain } from './lib/refusal.mjs'
import { ROOT } from './lib/root.mjs'

// `pnpm bench [-- names]`: the only command that installs what Nacre is compared with.
const PEERS = ['--ignore-workspace', '--ignore-scripts']

try {
  const toolchain = await bootstrap(ROOT)
  // No members of the workspace, and no install scripts of strangers.
  await phase('peers', () => installFrozen(join(ROOT, 'bench', 'peers'), toolchain, PEERS))
  const main = join(ROOT, 'bench', 'main.ts')
  process.exitCode = await handOver(toolchain.node, [main, ...process.argv.slice(2)], { env: toolchain.env })
} catch (error) {
  process.exitCode = explain(error)
}
