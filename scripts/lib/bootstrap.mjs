import { build } from './build.mjs'
import { install } from './install.mjs'
import { phase } from './phase.mjs'
import { ensureToolchain } from './toolchain.mjs'

/**
 * From a bare clone to compiled packages: Node 24 and pnpm 12, dependencies, build. Each phase prints its seconds and is
 * skipped when nothing has changed. Returns the toolchain: `{ node, pnpm, env }`.
 */
export async function bootstrap(root) {
  const toolchain = await phase('toolchain', () => ensureToolchain(root))
  await phase('install', () => install(root, toolchain))
  await phase('build', () => build(root, toolchain))
  return toolchain
}
