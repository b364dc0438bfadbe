import { createHash } from 'node:crypto'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { capture } from './child.mjs'
import { withLock } from './lock.mjs'
import { Refusal } from './refusal.mjs'
import { isStamped, removeStamp, writeStamp } from './stamp.mjs'
import { membersOf } from './workspace.mjs'

/** Compiles all packages with `tsc -b`, unless no source has changed since the last time. */
export async function build(root, toolchain) {
  if (isBuilt(root)) return { note: 'up to date' }
  return await withLock(join(toolchain.dir, 'lock'), async () => {
    if (isBuilt(root)) return { note: 'up to date' }
    removeStamp(stampOf(root))
    // Taken before the compiler reads: what is edited while it runs differs from this and is compiled the next time.
    const fingerprint = fingerprintOf(root)
    await compile(root, toolchain)
    writeStamp(stampOf(root), fingerprint)
    return {}
  })
}

function isBuilt(root) {
  const outputsExist = membersOf(root, 'packages').every(({ path }) => existsSync(join(path, 'dist')))
  return outputsExist && isStamped(stampOf(root), fingerprintOf(root))
}

function stampOf(root) {
  return join(root, 'node_modules', '.nacre-build')
}

// Path, time and size of every source. The newest time alone would miss a deleted file and one restored from a backup.
function fingerprintOf(root) {
  const hash = createHash('sha256')
  for (const file of ['tsconfig.json', 'tsconfig.base.json', 'node_modules/.nacre-install']) addFile(hash, root, file)
  for (const { dir } of membersOf(root, 'packages')) {
    addFile(hash, root, `${dir}/package.json`)
    addFile(hash, root, `${dir}/tsconfig.json`)
    addTree(hash, root, `${dir}/src`)
  }
  return hash.digest('hex')
}

function addTree(hash, root, dir) {
  if (!existsSync(join(root, dir))) return
  for (const entry of readdirSync(join(root, dir), { withFileTypes: true })) {
    if (entry.isDirectory()) addTree(hash, root, `${dir}/${entry.name}`)
    else addFile(hash, root, `${dir}/${entry.name}`)
  }
}

function addFile(hash, root, file) {
  const stat = statSync(join(root, file), { throwIfNoEntry: false })
  hash.update(`${file}\0${stat?.mtimeMs}\0${stat?.size}\0`)
}

async function compile(root, { node, env }) {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const { code, output } = await capture(node, [compiler, '-b'], { cwd: root, env })
  if (code === 0) return
  throw new Refusal({
    what: 'the packages do not compile',
    where: `tsc -b in ${root}`,
    why: output.trim() || `exit code ${code}`,
    mend: 'correct the lines named above; in a fresh clone of a released commit this is a bug of ours, please report it',
  })
}
