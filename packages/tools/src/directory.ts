import { closeSync, constants, fstatSync, openSync, realpathSync } from 'node:fs'
import { lstat, mkdir, open, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { Fault } from '@nacre/types'
import { codeOf, faultOf, linkFault } from './errno.js'
import { type Place, shownPath, virtualPath } from './path.js'

const DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW
const PRIVATE_DIRECTORY = 0o700

/**
 * How an open directory is used again. `anchored`: through its descriptor, so that nobody who renames or links can
 * change which one is meant. `checked`: by its path, which is compared with what is open before anything is trusted.
 */
export type Confinement = 'anchored' | 'checked'

/** A directory held open. `at(name)` is the host path by which to reach an entry; it never leaves this package. */
export type Directory = {
  readonly fd: number
  at(name: string): string
  /**
   * Throws a Fault `denied` if what is open as `fd` is not the entry `name` inside the root; `.` is the directory itself.
   * An anchored entry always is.
   */
  check(fd: number, name: string, where: string): Promise<void>
  close(): Promise<void>
}
export type Root = Directory & { readonly confinement: Confinement; readonly hostPath: string }

/** Opens a root once, for as long as the workspace lives. Throws a Fault that does name the host path: its reader is the operator. */
export function openRoot(path: string, confinement: Confinement): Root {
  try {
    const hostPath = realpathSync(path)
    const fd = openSync(hostPath, constants.O_RDONLY | constants.O_DIRECTORY)
    const ends = { fd, close: async () => closeSync(fd) }
    return { ...ends, ...reach(fd, hostPath, hostPath, confinement), confinement, hostPath }
  } catch (cause) {
    throw new Fault('not_found', `The workspace directory ${path} cannot be opened (${codeOf(cause)})`, {
      mend: 'Make the directory first, and let this user read it',
      cause,
    })
  }
}

/**
 * Opens the directory of `place` name by name, following no link, and closes it when `use` is done. With `make`, makes
 * what is missing. What fails in `use` becomes a Fault about the virtual path `about`.
 */
export async function inDirectory<T>(
  root: Root,
  place: Place,
  options: { make: boolean; about: string },
  use: (directory: Directory) => Promise<T>,
): Promise<T> {
  let here: Directory = root
  let hostPath = root.hostPath
  try {
    for (const [index, name] of place.parts.entries()) {
      const where = virtualPath({ root: place.root, parts: place.parts.slice(0, index + 1) })
      hostPath = join(hostPath, name)
      const next = await enter(root, here, name, hostPath, { make: options.make, where })
      if (here !== root) await here.close()
      here = next
    }
    return await use(here)
  } catch (error) {
    throw faultOf(error, options.about)
  } finally {
    if (here !== root) await here.close()
  }
}

async function enter(
  root: Root,
  parent: Directory,
  name: string,
  hostPath: string,
  { make, where }: { make: boolean; where: string },
): Promise<Directory> {
  const path = parent.at(name)
  const handle = await open(path, DIRECTORY)
    .catch(async (error: unknown) => {
      if (!make || codeOf(error) !== 'ENOENT') throw error
      await mkdir(path, PRIVATE_DIRECTORY).catch((failure: unknown) => {
        if (codeOf(failure) !== 'EEXIST') throw failure
      })
      return open(path, DIRECTORY)
    })
    .catch(async (error: unknown) => {
      // Linux says ENOTDIR for a link here. The look only finds words: the refusal stands either way.
      const isLink = await lstat(path).then(
        (seen) => seen.isSymbolicLink(),
        () => false,
      )
      throw isLink ? linkFault(where) : faultOf(error, where)
    })
  const next = {
    fd: handle.fd,
    close: () => handle.close(),
    ...reach(handle.fd, hostPath, root.hostPath, root.confinement),
  }
  await next.check(next.fd, '.', where).catch(async (error: unknown) => {
    await handle.close()
    throw error
  })
  return next
}

function reach(
  fd: number,
  hostPath: string,
  rootPath: string,
  confinement: Confinement,
): Pick<Directory, 'at' | 'check'> {
  if (confinement === 'anchored') return { at: (name) => `/proc/self/fd/${fd}/${name}`, check: async () => undefined }
  return {
    at: (name) => join(hostPath, name),
    async check(opened, name, where) {
      const real = await realpath(join(hostPath, name)).catch(() => '')
      const inside = real === rootPath || real.startsWith(rootPath + sep)
      const there = inside ? await stat(real, { bigint: true }).catch(() => undefined) : undefined
      const here = fstatSync(opened, { bigint: true })
      if (there?.ino !== here.ino || there.dev !== here.dev)
        throw new Fault('denied', `${shownPath(where)} was moved while it was used`, { retry: 'now' })
    },
  }
}
