import { readdirSync, readFileSync } from 'node:fs'
import type { World } from '@nacre/types'
import { codeOf } from './errno.js'

const POLL_MS = 5
const LIMIT_MS = 10_000

/** Sends a signal to every process of a group; a group that is gone is no error. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  kill(-leader, signal)
}

/**
 * Kills what is left of the session that `leader` began, and resolves to true when nothing of it runs any more, to
 * false if something could not be ended in 10 s. On Linux this finds groups too that the command made inside its
 * session (as `timeout` does); elsewhere only the leader's own group. Whatever called setsid has left the session and
 * is not found: sealed tiers end that with the guest.
 */
export async function endSession(leader: number, world: Pick<World, 'sleep'>): Promise<boolean> {
  // The number cannot belong to somebody else yet: the watcher is still in the group, or its killer took the group along.
  signalGroup(leader, 'SIGKILL')
  for (let waited = 0; waited < LIMIT_MS; waited += POLL_MS) {
    const members = process.platform === 'linux' ? sessionMembers(leader) : groupMembers(leader)
    if (members.length === 0) return true
    for (const pid of members) kill(pid, 'SIGKILL')
    await world.sleep(POLL_MS)
  }
  return false
}

/**
 * Zombies do not count: they run nothing, and where process 1 reaps nobody (or is this very program) they stay, so
 * that asking with signal 0 would never see the end.
 */
function sessionMembers(leader: number): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      if (!Number.isInteger(pid)) return false
      const [state, , , session] = statOf(pid)
      return session === String(leader) && state !== 'Z' && state !== 'X'
    })
}

/** The fields of proc_pid_stat(5) from `state` on; the name before them may hold blanks and parentheses. */
function statOf(pid: number): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}

function groupMembers(leader: number): readonly number[] {
  return kill(-leader, 0) ? [-leader] : []
}

/** Whether there was somebody to signal. macOS says EPERM of a group of zombies. */
function kill(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch (error) {
    if (codeOf(error) === 'ESRCH' || codeOf(error) === 'EPERM') return false
    throw error
  }
}
