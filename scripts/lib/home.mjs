import { mkdtempSync, rmdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * Where npm and pnpm keep what they download. Normally their own places in HOME, shared with other projects. Where HOME
 * cannot be written (containers, service users), places inside the clone.
 */
export function cacheFlags(toolchainDir) {
  if (homeIsWritable()) return { npm: [], pnpm: [] }
  return {
    npm: ['--cache', join(toolchainDir, 'npm-cache')],
    pnpm: [
      '--store-dir',
      join(toolchainDir, 'pnpm-store'),
      '--cache-dir',
      join(toolchainDir, 'pnpm-cache'),
      '--state-dir',
      join(toolchainDir, 'pnpm-state'),
    ],
  }
}

// Trying is the only honest test: root may write anywhere by its permission bits, but not into /proc or a read-only mount.
function homeIsWritable() {
  try {
    rmdirSync(mkdtempSync(join(homedir(), '.nacre-writable-')))
    return true
  } catch {
    return false
  }
}
