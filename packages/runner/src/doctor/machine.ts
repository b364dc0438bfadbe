import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Check, fact, ok, problem, type Said, warning } from './finding.js'

const OLDEST_NODE = 24
const GIB = 1024 ** 3
const LEAST_BYTES = 0.1 * GIB
const FEW_BYTES = GIB

export const node: Check = {
  name: 'node',
  run: async ({ nodeVersion }) => [judgeNode(nodeVersion)],
}

export function judgeNode(version: string): Said {
  if (Number.parseInt(version, 10) >= OLDEST_NODE) return ok(`Node ${version}`)
  return problem(
    `Node ${version} is too old; ${OLDEST_NODE} is needed.`,
    'In a checkout npm start fetches the right one by itself.',
  )
}

/** Where the log lies, or will lie. */
export const disk: Check = {
  name: 'disk',
  run: async ({ context }) => [judgeDisk(await freeBytes(context.paths.state), context.paths.state)],
}

export function judgeDisk(free: number, path: string): Said {
  const text = `${(free / GIB).toFixed(1)} GiB free for ${path}`
  if (free >= FEW_BYTES) return ok(text)
  const mend = 'Make room: a session stops where its log cannot be written.'
  return free < LEAST_BYTES ? problem(`Only ${text}.`, mend) : warning(`Only ${text}.`, mend)
}

async function freeBytes(path: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(path)
    return bavail * bsize
  } catch (error) {
    if (dirname(path) === path) throw error
    return freeBytes(dirname(path))
  }
}

const SLACK_MS = 60_000

/** `newest` is when the newest event of the log happened, if there is one. */
export function judgeClock(now: number, newest: number | undefined): Said {
  const when = (time: number) => new Date(time).toISOString()
  if (newest === undefined) return fact(`The clock says ${when(now)}.`)
  if (newest <= now + SLACK_MS) return ok(`The clock says ${when(now)}, after the newest event.`)
  return problem(
    `The clock says ${when(now)}, but the newest event is of ${when(newest)}: one of them is wrong.`,
    'Set the clock (timedatectl set-ntp true). Budgets of a day and approvals that expire go by it.',
  )
}
