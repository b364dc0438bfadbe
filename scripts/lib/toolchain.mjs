import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, delimiter, dirname, join } from 'node:path'
import { capture } from './child.mjs'
import { cacheFlags } from './home.mjs'
import { withLock } from './lock.mjs'
import { nodePackage, pnpmPackage, thisMachine } from './platform.mjs'
import { Refusal } from './refusal.mjs'

const NODE_MAJOR = 24
const PNPM_MAJOR = 12

// Three tries within seconds. By itself npm waits for more than a minute before it says that there is no network.
const RETRIES = ['--fetch-retries=2', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000']

/**
 * Finds Node ≥ 24 and pnpm 12, or fetches them into `.toolchain/`. Returns `{ dir, node, pnpm, env, note }`: paths of the
 * two programs and the environment in which everything afterwards runs.
 */
export async function ensureToolchain(root) {
  const dir = join(root, '.toolchain')
  const machine = thisMachine()
  const ownNode = major(machine.node) >= NODE_MAJOR ? process.execPath : undefined

  const wanted = []
  if (!ownNode) wanted.push(nodePackage(machine))
  const systemPnpm = isFetched(dir, pnpmPackage(machine)) ? undefined : await pnpmOnPath()
  if (!systemPnpm) wanted.push(pnpmPackage(machine))

  const missing = wanted.filter((entry) => !isFetched(dir, entry))
  if (missing.length > 0) await withLock(join(dir, 'lock'), () => fetchAll(dir, wanted))

  const node = ownNode ?? join(dir, 'node_modules', nodePackage(machine).name, 'bin', 'node')
  const pnpm = systemPnpm ?? join(dir, 'node_modules', pnpmPackage(machine).name, 'pnpm')
  const note = missing.length > 0 ? `fetched ${missing.map(label).join(' and ')}` : ''
  return { dir, node, pnpm, env: environment(root, node, pnpm), note }
}

async function pnpmOnPath() {
  // A corepack shim called pnpm would otherwise download whatever is newest.
  const env = { ...process.env, COREPACK_ENABLE_NETWORK: '0', COREPACK_ENABLE_DOWNLOAD_PROMPT: '0' }
  const { code, output } = await capture('pnpm', ['--version'], { env })
  return code === 0 && major(output) === PNPM_MAJOR ? 'pnpm' : undefined
}

async function fetchAll(dir, wanted) {
  if (wanted.every((entry) => isFetched(dir, entry))) return
  mkdirSync(dir, { recursive: true })
  const dependencies = { ...dependenciesOf(dir), ...Object.fromEntries(wanted.map((it) => [it.name, it.version])) }
  writeAtomically(join(dir, 'package.json'), { private: true, dependencies })

  const flags = ['--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error']
  const args = ['install', '--prefix', dir, ...flags, ...RETRIES, ...cacheFlags(dir).npm]
  const { code, output } = await runNpm(args, dir)
  if (code !== 0) throw fetchRefused(dir, wanted, output)
  for (const entry of wanted) await prove(dir, entry)
  writeAtomically(join(dir, 'fetched.json'), { ...fetchedIn(dir), ...dependencies })
}

// Under `npm start` npm names its own script; that one works even where no `npm` is on the PATH.
function runNpm(args, cwd) {
  const script = process.env.npm_execpath
  if (script && basename(script) === 'npm-cli.js') return capture(process.execPath, [script, ...args], { cwd })
  return capture('npm', args, { cwd })
}

async function prove(dir, { name, version }) {
  const program = join(dir, 'node_modules', name, name.startsWith('@pnpm/') ? 'pnpm' : 'bin/node')
  const { code, output } = await capture(program, ['--version'])
  if (code === 0 && output.includes(version)) return
  throw new Refusal({
    what: `${name} ${version} was fetched, but does not run`,
    where: program,
    why: output.trim() || `exit code ${code}`,
    mend: `remove ${dir} and run the same command again; if it stays, install Node ${NODE_MAJOR} and pnpm ${PNPM_MAJOR} yourself`,
  })
}

function isFetched(dir, { name, version }) {
  return fetchedIn(dir)[name] === version && existsSync(join(dir, 'node_modules', name, 'package.json'))
}

function fetchedIn(dir) {
  return readJson(join(dir, 'fetched.json')) ?? {}
}

function dependenciesOf(dir) {
  return readJson(join(dir, 'package.json'))?.dependencies ?? {}
}

function environment(root, node, pnpm) {
  const own = [dirname(node), ...(pnpm === 'pnpm' ? [] : [dirname(pnpm)]), join(root, 'node_modules', '.bin')]
  return {
    ...process.env,
    PATH: [...own, process.env.PATH ?? ''].join(delimiter),
    NODE: node,
    npm_node_execpath: node,
    TURBO_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
  }
}

function fetchRefused(dir, wanted, output) {
  return new Refusal({
    what: `could not fetch ${wanted.map(label).join(' and ')}`,
    where: `npm install --prefix ${dir}`,
    why: output.trim().split('\n').slice(-12).join('\n'),
    mend: `needs the npm registry once (a proxy or mirror goes into ~/.npmrc). Without it: install Node ${NODE_MAJOR} and pnpm ${PNPM_MAJOR} yourself`,
  })
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

function writeAtomically(path, value) {
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`)
  renameSync(draft, path)
}

function label({ name, version }) {
  return `${name} ${version}`
}

function major(version) {
  return Number.parseInt(version, 10)
}
