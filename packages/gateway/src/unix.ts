import { chmod, lstat, unlink } from 'node:fs/promises'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import { Fault } from '@nacre/types'

/** Systems cut a longer socket path in silence or refuse it, at 104 or 108 bytes. */
const PATH_LIMIT_BYTES = 100

/** Makes sure that `path` may be listened on: short, in a directory of ours alone, and nobody living there. */
export async function claimPath(path: string): Promise<void> {
  const bytes = Buffer.byteLength(path)
  if (bytes > PATH_LIMIT_BYTES) {
    throw new Fault(
      'invalid_input',
      `The socket path has ${bytes} bytes, and systems take ${PATH_LIMIT_BYTES}: ${path}`,
      {
        mend: 'Set XDG_RUNTIME_DIR to a short directory of your own, such as /tmp/nacre-$(id -u), mode 0700.',
      },
    )
  }
  await checkDirectory(dirname(path))
  await removeDead(path)
}

/** Only the owner talks to a socket. Until here the directory keeps others out. */
export const closeToOthers = (path: string): Promise<void> => chmod(path, 0o600)

async function checkDirectory(directory: string): Promise<void> {
  const stats = await lstat(directory).catch(() => undefined)
  const mend = `mkdir -p ${JSON.stringify(directory)} && chmod 700 ${JSON.stringify(directory)}`
  if (stats === undefined)
    throw new Fault('not_found', `The directory of the socket is not there: ${directory}`, { mend })
  const words = `The directory of the socket must be a directory of your own with mode 0700: ${directory}`
  if (!stats.isDirectory() || stats.uid !== process.getuid?.()) {
    throw new Fault('denied', words, { mend: 'Remove it, or set XDG_RUNTIME_DIR to another one.' })
  }
  if ((stats.mode & 0o077) !== 0) throw new Fault('denied', words, { mend })
}

async function removeDead(path: string): Promise<void> {
  const before = await lstat(path).catch(() => undefined)
  if (before === undefined) return
  if (!before.isSocket()) {
    throw new Fault('conflict', `There is something that is not a socket: ${path}`, { mend: 'Move it away.' })
  }
  const found = await probe(path)
  if (found === 'gone') return
  if (found === 'alive') {
    throw new Fault('busy', `A gateway is already listening on ${path}`, { mend: 'Use that one, or stop it first.' })
  }
  // The one that answered nothing, and not one that somebody put there meanwhile. The log's lock decides such races.
  const now = await lstat(path).catch(() => undefined)
  if (now?.ino === before.ino && now.ctimeMs === before.ctimeMs) await unlink(path)
}

/** Only a refused connection proves that nobody listens: a full backlog or a missing right does not. */
const probe = (path: string): Promise<'alive' | 'dead' | 'gone'> =>
  new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve('alive')
    })
    socket.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'ECONNREFUSED' ? 'dead' : error.code === 'ENOENT' ? 'gone' : 'alive')
    })
  })
