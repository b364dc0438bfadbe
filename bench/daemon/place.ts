import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Client, createClient } from '@nacre/client'
import { dialSocket } from '@nacre/client/node'
import { systemWorld } from '@nacre/kit'

export const CLI = fileURLToPath(new URL('../../packages/runner/dist/cli.js', import.meta.url))

const USER = 'alice'
const POLL_MS = 2
const READY_MS = 30_000

export type Daemon = {
  /** From the spawn until `/readyz` said yes. */
  readonly startMs: number
  readonly supervisor: number
  readonly guest: number
  client(): Client
  stop(): Promise<void>
}

/** A home directory of its own for a daemon, with `files` as its configuration. */
export function makePlace(files: Readonly<Record<string, string>> = {}) {
  const root = mkdtempSync(join(tmpdir(), 'nacre-bench-'))
  const config = join(root, '.config', 'nacre')
  mkdirSync(config, { recursive: true, mode: 0o700 })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(config, name), text, { mode: 0o600 })
  const run = join(root, 'run')
  mkdirSync(run, { mode: 0o700 })
  const env = { PATH: process.env.PATH ?? '', HOME: root, XDG_RUNTIME_DIR: run }
  const runtime = join(run, 'nacre', USER)

  return {
    root,
    env,
    log: join(root, '.local', 'state', 'nacre', 'users', USER, 'log.db'),
    async start(): Promise<Daemon> {
      const started = performance.now()
      const child = spawn(process.execPath, [CLI, 'start', '--user', USER], { env, cwd: root, stdio: 'ignore' })
      const gateway = join(runtime, 'gateway.sock')
      await readiness(gateway, child).catch((error: unknown) => {
        // Its guest goes with it.
        child.kill('SIGKILL')
        throw error
      })
      const startMs = performance.now() - started
      const supervisor = child.pid ?? 0
      return {
        startMs,
        supervisor,
        guest: Number(readFileSync(`/proc/${supervisor}/task/${supervisor}/children`, 'utf8').trim()),
        client: () =>
          createClient({
            dial: dialSocket({ path: gateway }),
            token: () => readFileSync(join(runtime, 'token'), 'utf8').trim(),
            name: 'bench',
            world: systemWorld(),
          }),
        async stop() {
          const ended = once(child, 'exit')
          child.kill('SIGTERM')
          await ended
        },
      }
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  }
}
export type Place = ReturnType<typeof makePlace>

async function readiness(socketPath: string, child: ChildProcess): Promise<void> {
  for (const until = performance.now() + READY_MS; performance.now() < until; await pause(POLL_MS)) {
    if (child.exitCode !== null) throw new Error(`the daemon ended with exit code ${child.exitCode}`)
    if (await isReady(socketPath)) return
  }
  throw new Error(`the daemon was not ready within ${READY_MS} ms`)
}

const isReady = (socketPath: string): Promise<boolean> =>
  new Promise((resolve) => {
    request({ socketPath, path: '/readyz', headers: { host: 'localhost' } }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
      .once('error', () => resolve(false))
      .end()
  })
