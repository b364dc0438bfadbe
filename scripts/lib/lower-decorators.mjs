import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from './root.mjs'

// Any `@name` outside of a doc comment's line; one too many costs a tenth of a second, one too few a red test.
const USES_DECORATOR = /^(?!\s*\*).*?(?<![^\s{;)])@[A-Za-z_$]/m

/**
 * A vite plugin for tests that use decorators. Vite's own compiler leaves them in, and Node then dies with a bare
 * SyntaxError; so such a file goes through the compiler that the packages go through.
 */
export function lowerDecorators() {
  return {
    name: 'nacre:lower-decorators',
    enforce: 'pre',
    async transform(code, id) {
      const file = id.split('?')[0]
      if (!file.endsWith('.ts') || !USES_DECORATOR.test(code)) return null
      return { code: await compiled(file), map: null }
    },
  }
}

async function compiled(file) {
  const outDir = await mkdtemp(join(tmpdir(), 'nacre-lower-'))
  try {
    const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
    const language = ['--target', 'es2024', '--module', 'nodenext', '--verbatimModuleSyntax', '--inlineSourceMap']
    // A file that names its own package makes the compiler look for that package's root, unless it is told one.
    const oneFile = ['--ignoreConfig', '--noCheck', '--noResolve', '--types', '', '--rootDir', dirname(file)]
    await promisify(execFile)(process.execPath, [compiler, file, ...language, ...oneFile, '--outDir', outDir])
    const [output] = await readdir(outDir)
    return await readFile(join(outDir, output), 'utf8')
  } finally {
    await rm(outDir, { recursive: true, force: true })
  }
}
