import { type ExecOptions, type ExecResult, Fault, type FileEntry, type Workspace } from '@nacre/types'
import { createFences } from './fence.js'
import { WORKSPACE_LIMITS } from './in-process.js'
import { parentOf, parsePath, shownPath, virtualPath } from './path.js'

/** What a fake command does; `signal` also aborts when a higher epoch ends it. */
export type FakeCommand = (command: string, options: ExecOptions) => ExecResult | Promise<ExecResult>

export type MemoryWorkspace = Workspace & {
  /** Every file by its virtual path, as it is now. */
  readonly files: ReadonlyMap<string, Uint8Array>
}

/** A workspace of values, for tests: `files` by virtual path; a command comes to what `run` says, exit 127 if not given. */
export function memoryWorkspace(
  files: Readonly<Record<string, string | Uint8Array>> = {},
  run: FakeCommand = commandNotFound,
): MemoryWorkspace {
  const kept = new Map<string, Uint8Array>()
  const fences = createFences()
  for (const [path, content] of Object.entries(files))
    kept.set(virtualPath(parsePath(path)), typeof content === 'string' ? new TextEncoder().encode(content) : content)

  return {
    files: kept,
    confinement: 'Files are values in memory.',
    async list(path) {
      const where = virtualPath(parsePath(path))
      if (kept.has(where)) throw new Fault('invalid_input', `${shownPath(where)} is not a directory`)
      const entries = entriesBelow(kept, `${where}/`)
      if (entries.length === 0 && parsePath(path).parts.length > 0) throw notFound(where)
      return entries
    },
    async read(path, { offset, limitBytes }) {
      const where = fileAt(kept, path)
      const bytes = kept.get(where)
      if (limitBytes > WORKSPACE_LIMITS.readBytes) throw new Fault('limit_exceeded', 'The slice is too large')
      if (bytes === undefined) throw notFound(where)
      return { bytes: bytes.slice(offset, offset + limitBytes), sizeBytes: bytes.length }
    },
    async write(path, bytes, { fence }) {
      const where = fileAt(kept, path)
      if (bytes.length > WORKSPACE_LIMITS.writeBytes)
        throw new Fault('limit_exceeded', `${shownPath(where)} is too large`)
      await fences.run(fence, async () => void kept.set(where, bytes.slice()))
    },
    exec: (command, options) =>
      fences.run(options.fence, async (stale) => {
        const result = await run(command, { ...options, signal: AbortSignal.any([options.signal, stale]) })
        stale.throwIfAborted()
        return result
      }),
    fence: (fence) => fences.run(fence, async () => undefined),
  }
}

const commandNotFound: FakeCommand = () => ({
  end: { type: 'exit', code: 127 },
  stdout: '',
  stderr: '',
  droppedBytes: 0,
})

const notFound = (where: string) => new Fault('not_found', `There is no ${shownPath(where)}`)

function fileAt(files: ReadonlyMap<string, Uint8Array>, path: string): string {
  const place = parsePath(path)
  parentOf(place)
  const where = virtualPath(place)
  if (entriesBelow(files, `${where}/`).length > 0)
    throw new Fault('invalid_input', `${shownPath(where)} is a directory`)
  return where
}

function entriesBelow(files: ReadonlyMap<string, Uint8Array>, prefix: string): readonly FileEntry[] {
  const entries = new Map<string, FileEntry>()
  for (const [path, bytes] of files) {
    if (!path.startsWith(prefix)) continue
    const [name = '', ...below] = path.slice(prefix.length).split('/')
    if (below.length > 0) entries.set(name, { name, type: 'directory', sizeBytes: 0 })
    else entries.set(name, { name, type: 'file', sizeBytes: bytes.length })
  }
  return [...entries.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}
