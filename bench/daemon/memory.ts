import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { Bench, Row } from '../bench.ts'
import { limited } from '../numbers.ts'
import { type Daemon, makePlace, type Place } from './place.ts'
import { storeSessions } from './stored-sessions.ts'

const SESSIONS = 10_000
const IDLE_MS = 5_000

export const memory: Bench = {
  name: 'memory',
  title: 'Memory of an idle daemon',
  note: `Resident memory (VmRSS) ${IDLE_MS / 1000} s after the daemon is ready. The supervisor holds keys and broker; the guest holds log, engine, gateway and tools.`,
  async run(say) {
    say('no sessions')
    using empty = makePlace()
    const few = await idle(empty, 'no sessions')
    using full = makePlace()
    await storeSessions(full.log, SESSIONS, 'idle')
    say(`${SESSIONS} sessions`)
    return [...few, ...(await idle(full, `${SESSIONS} sessions`))]
  },
}

async function idle(place: Place, what: string): Promise<readonly Row[]> {
  const daemon = await place.start()
  await pause(IDLE_MS)
  const rows = [
    limited(`supervisor, ${what}`, residentMb(daemon.supervisor), ' MB', { atMost: 60 }),
    limited(`guest, ${what}`, residentMb(daemon.guest), ' MB', { atMost: 110 }),
  ]
  await daemon.stop()
  return rows
}

/** What both processes of a daemon hold now. */
export const residentOf = ({ supervisor, guest }: Daemon): number => residentMb(supervisor) + residentMb(guest)

function residentMb(pid: number): number {
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(found) / 1000
}
