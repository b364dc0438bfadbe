import { closeSync, existsSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import type { Server } from 'node:http'
import { connect } from 'node:net'
import { Fault } from '@nacre/types'

/** A server that listens. `close` ends its connections, and leaves alone what somebody else has put at its path. */
export type Door = { close(): void }

/** Listens on a Unix socket that only its owner can use. A live one is never taken; a dead one is replaced. */
export async function claimSocket(server: Server, path: string, who: string): Promise<Door> {
  for (;;) {
    if (await tryListen(server, path)) return doorOf(server, path)
    if (await isLive(path))
      throw new Fault('conflict', `${who} already listens on ${path}.`, {
        mend: 'Stop it first, with runner stop, or join it.',
      })
    withTakeoverLock(path, () => rmSync(path, { force: true }))
  }
}

function doorOf(server: Server, path: string): Door {
  const own = inodeOf(path)
  return {
    close() {
      // HAZARD: closing a server removes the socket at its path, whosever that is by now. One that lost its path only lets go.
      const now = inodeOf(path)
      if (now === undefined || now === own) server.close()
      else server.unref()
      server.closeAllConnections()
    },
  }
}

const inodeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.ino

/** Whether somebody answers there. */
export const isLive = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path)
    const done = (live: boolean) => {
      socket.destroy()
      resolve(live)
    }
    socket.once('connect', () => done(true)).once('error', () => done(false))
  })

function tryListen(server: Server, path: string): Promise<boolean> {
  // The mode of a socket is decided by the umask at bind: a chmod afterwards would leave it open for a moment.
  const umask = process.umask(0o177)
  return new Promise<boolean>((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error))
    server.once('error', failed)
    server.listen(path, () => {
      server.off('error', failed)
      resolve(true)
    })
  }).finally(() => process.umask(umask))
}

/** Two starters that both see a dead socket must not remove each other's new one. The lock lives for a moment only. */
function withTakeoverLock(path: string, action: () => void): void {
  const lock = `${path}.lock`
  if (existsSync(lock) && !isAlive(Number(readFileSync(lock, 'utf8')))) rmSync(lock, { force: true })
  let fd: number
  try {
    fd = openSync(lock, 'wx', 0o600)
  } catch {
    throw new Fault('busy', `Another start is taking over ${path} right now.`, { retry: 'now', mend: 'Try again.' })
  }
  try {
    writeSync(fd, String(process.pid))
    action()
  } finally {
    closeSync(fd)
    rmSync(lock, { force: true })
  }
}

export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return !isZombie(pid)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Ended, and only waiting for its parent to take notice: some init processes take their time. */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')
  } catch {
    return false
  }
}
