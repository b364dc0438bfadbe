import { systemWorld } from '@nacre/kit'
import { Fault, type Workspace, type World } from '@nacre/types'
import { runCommand } from './command.js'
import { type Confinement, type Directory, inDirectory, openRoot, type Root } from './directory.js'
import { createFences } from './fence.js'
import { listEntries, readSlice, replaceFile } from './file.js'
import { createLife } from './life.js'
import { type Place, parentOf, parsePath, shownPath, virtualPath } from './path.js'

const READ_ATTEMPTS = 5
const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

export type WorkspaceLimits = {
  /** One slice that is read, one file that is written. */
  readonly readBytes: number
  readonly writeBytes: number
  readonly listEntries: number
  readonly commandBytes: number
  /** Kept of stdout, and as much of stderr. */
  readonly outputBytes: number
}
export const WORKSPACE_LIMITS: WorkspaceLimits = {
  readBytes: 1024 * 1024,
  writeBytes: 8 * 1024 * 1024,
  listEntries: 10_000,
  commandBytes: 100 * 1024,
  outputBytes: 4 * 1024 * 1024,
}

export type InProcessOptions = {
  /** The host directory that tools see as `/shared`; it must exist. */
  readonly root: string
  /** The host directory that tools see as `/tmp`, and commands find in TMPDIR. */
  readonly tmp?: string
  /** What commands find in their environment beside PATH, HOME, LANG and TERM; nothing of ours is inherited. */
  readonly env?: Readonly<Record<string, string>>
  readonly world?: World
  readonly limits?: Partial<WorkspaceLimits>
}

const CONFINEMENT_WORDS: Record<Confinement, string> = {
  anchored: 'File tools are anchored: they walk from an open directory, follow no link, and use only what they opened.',
  checked:
    'File tools are checked: what they opened is compared with where it lies in the workspace. A program that swaps directories at the same moment could get around that.',
}
const COMMAND_WORDS = 'Commands are not confined: they run as this user.'

/**
 * A workspace in directories of this machine. File access is confined to them; commands are not. Close it to end its
 * commands. Throws a Fault `not_found` if a directory is not there, `unsupported` on Windows.
 */
export function inProcessWorkspace(options: InProcessOptions): Workspace & { close(): Promise<void> } {
  if (process.platform === 'win32')
    throw new Fault('unsupported', 'A workspace needs a POSIX system', { mend: 'Use WSL' })
  return confinedWorkspace(options, process.platform === 'linux' ? 'anchored' : 'checked')
}

/** The same with the confinement chosen, so that tests can reach the one of other platforms. */
export function confinedWorkspace(
  options: InProcessOptions,
  confinement: Confinement,
): Workspace & { close(): Promise<void> } {
  const limits = { ...WORKSPACE_LIMITS, ...options.limits }
  const roots = openRoots(options, confinement)
  const { shared, tmp } = roots
  const env = { ...baseEnv(shared.hostPath, tmp?.hostPath), ...options.env }
  const setting = { cwd: shared.hostPath, env, outputBytes: limits.outputBytes, world: options.world ?? systemWorld() }
  const fences = createFences()
  const life = createLife(async () => void (await Promise.all([shared.close(), tmp?.close()])))

  return {
    confinement: `${CONFINEMENT_WORDS[confinement]} ${COMMAND_WORDS}`,
    list: (path) =>
      life.during(() => {
        const place = parsePath(path)
        const about = virtualPath(place)
        const list = (directory: Directory) => listEntries(directory, about, limits.listEntries)
        return inDirectory(rootOf(roots, place), place, { make: false, about }, list)
      }),
    read: (path, range) =>
      life.during(() => {
        refuseRange(range, limits.readBytes)
        const place = parsePath(path)
        const { parent, name } = parentOf(place)
        const about = virtualPath(place)
        const read = (directory: Directory) => readSlice(directory, name, about, range)
        return retried(() => inDirectory(rootOf(roots, place), parent, { make: false, about }, read))
      }),
    write: (path, bytes, { fence }) =>
      life.during(() => {
        const place = parsePath(path)
        const { parent, name } = parentOf(place)
        const about = virtualPath(place)
        refuseLarge(bytes.length, limits.writeBytes, `The file ${shownPath(about)}`)
        return fences.run(fence, (stale) => {
          const commit = () => stale.throwIfAborted()
          const write = (directory: Directory) => replaceFile(directory, name, about, { bytes, commit })
          return inDirectory(rootOf(roots, place), parent, { make: true, about }, write)
        })
      }),
    exec: (command, { fence, signal, ...rest }) =>
      life.during(() => {
        refuseLarge(Buffer.byteLength(command), limits.commandBytes, 'The command')
        if (command.includes('\0')) throw new Fault('invalid_input', 'The command holds a NUL character')
        return fences.run(fence, async (stale) => {
          const result = await runCommand(command, setting, {
            ...rest,
            signal: AbortSignal.any([signal, stale, life.signal]),
          })
          stale.throwIfAborted()
          return result
        })
      }),
    fence: (fence) => life.during(() => fences.run(fence, async () => undefined)),
    close: () => life.close(),
  }
}

type Roots = { readonly shared: Root; readonly tmp: Root | undefined }

function openRoots({ root, tmp }: InProcessOptions, confinement: Confinement): Roots {
  const shared = openRoot(root, confinement)
  try {
    return { shared, tmp: tmp === undefined ? undefined : openRoot(tmp, confinement) }
  } catch (error) {
    void shared.close()
    throw error
  }
}

function rootOf(roots: Roots, place: Place): Root {
  const root = roots[place.root]
  if (root === undefined) throw new Fault('denied', 'This workspace has no /tmp', { mend: 'Use a path below /shared' })
  return root
}

function baseEnv(home: string, tmp: string | undefined): Record<string, string> {
  return { PATH: SYSTEM_PATH, HOME: home, LANG: 'C.UTF-8', TERM: 'dumb', ...(tmp !== undefined && { TMPDIR: tmp }) }
}

/** A check that finds another file than was opened may have met no attack, but a writer who replaced the file. */
async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt === READ_ATTEMPTS || !(error instanceof Fault) || error.retry !== 'now') throw error
    }
  }
}

function refuseRange({ offset, limitBytes }: { offset: number; limitBytes: number }, most: number): void {
  if (!Number.isSafeInteger(offset) || offset < 0 || !Number.isSafeInteger(limitBytes) || limitBytes < 0)
    throw new Fault('invalid_input', `There is no range of ${limitBytes} bytes from ${offset}`)
  refuseLarge(limitBytes, most, 'The slice')
}

function refuseLarge(bytes: number, most: number, what: string): void {
  if (bytes <= most) return
  throw new Fault('limit_exceeded', `${what} has ${bytes} bytes; at most ${most} are taken at once`, {
    mend: 'Do it in parts',
  })
}
