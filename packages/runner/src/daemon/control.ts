import { timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { Fault, type FaultCode, type Isolation } from '@nacre/types'
import type { UserPaths } from '../paths.js'
import { isLive } from './socket.js'

// Not by import, see docs/decisions/light.md.
const { createServer, request } = process.getBuiltinModule('node:http')

/** What a running daemon says of itself. */
export type DaemonStatus = {
  readonly user: string
  readonly pid: number
  readonly version: string
  readonly ready: boolean
  readonly started_at: string
  readonly endpoint: string
  readonly tier: Isolation['tier']
  readonly sealed: boolean
  readonly isolation: readonly string[]
  readonly provider: string
  readonly model: string
  readonly workspace: string
  /** How it was started, so that a restart can do the same. */
  readonly started_with: {
    readonly config: string | null
    readonly workspace: string | null
    readonly insecure: boolean
  }
  readonly guests: readonly {
    readonly role: 'agent'
    readonly pid: number | null
    readonly restarts: number
    readonly last_fault: string | null
    readonly last_fault_code: FaultCode | null
  }[]
}

export type ControlHandlers = { readonly status: () => DaemonStatus; readonly stop: () => void }

/** The supervisor's own door: `GET /status`, `POST /stop`, with the launch's token. */
export function controlServer(token: () => string, handlers: ControlHandlers): Server {
  return createServer((incoming, response) => {
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    if (!isToken(incoming.headers.authorization ?? '', token())) return answer(401, { error: 'wrong or missing token' })
    if (incoming.method === 'GET' && incoming.url === '/status') return answer(200, handlers.status())
    if (incoming.method !== 'POST' || incoming.url !== '/stop')
      return answer(404, { error: 'only GET /status and POST /stop' })
    answer(200, { stopping: true })
    handlers.stop()
  })
}

function isToken(header: string, token: string): boolean {
  const given = Buffer.from(header)
  const expected = Buffer.from(`Bearer ${token}`)
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** The running daemon's status, or undefined when none runs. */
export async function daemonStatus(paths: UserPaths): Promise<DaemonStatus | undefined> {
  if (!(await isLive(paths.control))) return undefined
  return (await call(paths, 'GET', '/status')) as DaemonStatus
}

export const stopDaemon = (paths: UserPaths): Promise<unknown> => call(paths, 'POST', '/stop')

export const readToken = (paths: UserPaths): string => readFileSync(paths.token, 'utf8').trim()

function call(paths: UserPaths, method: string, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const unreachable = (cause: unknown) =>
      reject(
        new Fault('unavailable', `The daemon at ${paths.control} does not answer.`, {
          cause,
          mend: `Look into its log: ${paths.daemonLog}`,
        }),
      )
    const outgoing = request({
      socketPath: paths.control,
      method,
      path,
      headers: { authorization: `Bearer ${readToken(paths)}` },
    })
    outgoing.setTimeout(5000, () => outgoing.destroy(new Error('no answer within 5 s')))
    outgoing.once('error', unreachable)
    outgoing.once('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('end', () => {
        if (response.statusCode !== 200) return unreachable(new Error(`HTTP ${response.statusCode}`))
        resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')))
      })
    })
    outgoing.end()
  })
}
