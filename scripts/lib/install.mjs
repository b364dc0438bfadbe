import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { capture } from './child.mjs'
import { cacheFlags } from './home.mjs'
import { withLock } from './lock.mjs'
import { Refusal } from './refusal.mjs'
import { isStamped, removeStamp, writeStamp } from './stamp.mjs'
import { members } from './workspace.mjs'

// Three tries within seconds, as for npm; by itself pnpm took seven minutes to say that there is no network.
const RETRIES = ['fetch-retries=2', 'fetch-retry-mintimeout=1000', 'fetch-retry-maxtimeout=5000'].map(
  (setting) => `--config.${setting}`,
)
// pnpm counts a platform binary that it could not download as optional, and ends well without it.
const INCOMPLETE = 'could not be fetched. Excluding it'

/** Installs what the lock file names, unless that has been done for the same lock file and manifests. */
export async function install(root, toolchain) {
  if (isInstalled(root)) return { note: 'up to date' }
  return await withLock(join(toolchain.dir, 'lock'), async () => {
    // The one we waited for may have done it.
    if (isInstalled(root)) return { note: 'up to date' }
    removeStamp(stampOf(root))
    const fingerprint = fingerprintOf(root)
    await installFrozen(root, toolchain)
    writeStamp(stampOf(root), fingerprint)
    return {}
  })
}

function isInstalled(root) {
  return isStamped(stampOf(root), fingerprintOf(root)) && members(root).every(hasItsModules)
}

function stampOf(root) {
  return join(root, 'node_modules', '.nacre-install')
}

function fingerprintOf(root) {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`)
  const manifests = members(root).map(({ dir }) => `${dir}/package.json`)
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...manifests]) {
    hash.update(`\0${file}\0`).update(existsSync(join(root, file)) ? readFileSync(join(root, file)) : 'absent')
  }
  return hash.digest('hex')
}

function hasItsModules({ path, manifest }) {
  const wanted = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })
  return wanted.length === 0 || existsSync(join(path, 'node_modules'))
}

/** Installs exactly what the lock file in `place` names, or throws a refusal. `more` are further flags of pnpm. */
export async function installFrozen(place, { dir, pnpm, env }, more = []) {
  // The modules directory may come from another store (HOME changed); without a terminal pnpm would refuse to ask.
  const flags = [
    '--frozen-lockfile',
    '--config.confirm-modules-purge=false',
    ...RETRIES,
    ...cacheFlags(dir).pnpm,
    ...more,
  ]
  const { code, output } = await capture(pnpm, ['install', ...flags], { cwd: place, env })
  if (code === 0 && !output.includes(INCOMPLETE)) return
  const outdated = output.includes('OUTDATED_LOCKFILE')
  throw new Refusal({
    what: 'the dependencies could not be installed',
    where: `pnpm install --frozen-lockfile in ${place}`,
    why: output.trim().split('\n').slice(-25).join('\n') || `exit code ${code}`,
    mend: outdated
      ? `a package.json was changed without the lock file: run "${pnpm}" install and commit pnpm-lock.yaml`
      : 'needs the npm registry (a proxy or mirror goes into ~/.npmrc) and room on the disk; then run the same command again',
  })
}
