import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A directory of one test. `tools` writes a file with one tool `go` that takes `type`, and returns its path. */
export function place() {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'nacre-toolgen-')))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const write = (name: string, text: string) => {
    writeFileSync(join(dir, name), text)
    return join(dir, name)
  }
  return {
    dir,
    write,
    read: (name: string) => readFileSync(join(dir, name), 'utf8'),
    files: () => readdirSync(dir).toSorted(),
    tools: (
      name: string,
      type: string,
      { before = '', doc = 'Goes.' }: { before?: string | undefined; doc?: string } = {},
    ) =>
      write(
        `${name}.tools.ts`,
        `${before}\nexport class Tools {\n/** ${doc} */\n@tool({ schema: goSchema })\nasync go(_: ${type}) {}\n}\n`,
      ),
  }
}
