import { appendFile, readFile, rename, stat, writeFile } from 'node:fs/promises'

/** What a person sent in any terminal, kept for the next one: a JSON string a line, in a file of mode 0600. */
export type KeptHistory = { load(): Promise<readonly string[]>; add(entry: string): Promise<void> }

const ENTRIES = 1000
/** A file that has grown beyond this is written anew with its last entries. */
const FILE_BYTES = 4 * 1024 * 1024
const ENTRY_BYTES = 512 * 1024

export function keptHistory(path: string): KeptHistory {
  let adding = Promise.resolve()
  const load = async () => {
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      if (isMissing(error)) return ''
      throw error
    })
    return text.split('\n').flatMap(entryOf).slice(-ENTRIES)
  }
  const add = async (entry: string) => {
    const line = `${JSON.stringify(entry)}\n`
    if (Buffer.byteLength(line) > ENTRY_BYTES) return
    await appendFile(path, line, { mode: 0o600 })
    if ((await stat(path)).size <= FILE_BYTES) return
    const kept = await load()
    await writeFile(`${path}.new`, kept.map((one) => `${JSON.stringify(one)}\n`).join(''), { mode: 0o600 })
    await rename(`${path}.new`, path)
  }
  return {
    load,
    add(entry) {
      // One that failed must not fail all that come after it.
      adding = adding.catch(() => undefined).then(() => add(entry))
      return adding
    },
  }
}

/** A line that another program has cut is no entry. */
function entryOf(line: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'string' ? [value] : []
  } catch {
    return []
  }
}

const isMissing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT'
