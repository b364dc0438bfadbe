import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Client, createClient, systemWorld } from '@nacre/client'
import { dialSocket } from '@nacre/client/node'

export const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url))

export type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string }
export type Status = {
  readonly running: boolean
  readonly pid: number
  readonly ready: boolean
  readonly endpoint: string
  readonly workspace: string
  readonly sealed: boolean
  readonly guests: readonly {
    readonly pid: number | null
    readonly restarts: number
    readonly last_fault: string | null
  }[]
  readonly sessions: readonly { readonly session: string; readonly title: string; readonly status: string }[]
}

/** A home directory of its own, with a short runtime directory, and the command line as a person there would run it. */
export function makePlace(more: { home?: string; env?: Readonly<Record<string, string>> } = {}) {
  const root = mkdtempSync(join(tmpdir(), 'nacre-'))
  const home = more.home ?? join(root, 'home')
  const runtime = join(root, 'run')
  mkdirSync(home, { recursive: true })
  mkdirSync(runtime, { mode: 0o700 })
  const env = { PATH: process.env.PATH ?? '', HOME: home, XDG_RUNTIME_DIR: runtime, LANG: 'C.UTF-8', ...more.env }
  const children = new Set<ChildProcess>()

  const spawnCli = (
    args: readonly string[],
    extra: Readonly<Record<string, string>> = {},
    stdin: 'ignore' | 'pipe' = 'ignore',
  ): ChildProcess => {
    const child = spawn(process.execPath, [CLI, ...args], {
      env: { ...env, ...extra },
      cwd: home,
      stdio: [stdin, 'pipe', 'pipe'],
    })
    children.add(child)
    return child
  }
  const run = (...args: string[]): Promise<Ran> => ended(spawnCli(args))
  /** With something on its standard input. */
  const runWith = (input: string | Buffer, ...args: string[]): Promise<Ran> => {
    const child = spawn(process.execPath, [CLI, ...args], { env, cwd: home, stdio: ['pipe', 'pipe', 'pipe'] })
    children.add(child)
    child.stdin.on('error', () => undefined) // It had enough.
    child.stdin.end(input)
    return ended(child)
  }
  const runtimeOf = (user: string) => join(runtime, 'nacre', user)

  const place = {
    root,
    home,
    env,
    spawnCli,
    run,
    runWith,
    runtimeOf,
    stateOf: (user: string) => join(home, '.local', 'state', 'nacre', 'users', user),
    async status(user = 'alice'): Promise<Status> {
      const { stdout } = await run('status', '--json', '--user', user)
      return JSON.parse(stdout) as Status
    },
    /** Writes a file of the user's configuration. */
    configure(name: string, text: string): void {
      const path = join(home, '.config', 'nacre', name)
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      writeFileSync(path, text, { mode: 0o600 })
    },
    client(user = 'alice'): Client {
      const token = () => readFileSync(join(runtimeOf(user), 'token'), 'utf8').trim()
      const dial = dialSocket({ path: join(runtimeOf(user), 'gateway.sock') })
      return createClient({ dial, token, name: 'test', world: systemWorld() })
    },
    async [Symbol.asyncDispose](): Promise<void> {
      for (const user of ['alice', 'bob']) await run('stop', '--user', user)
      for (const child of children) child.kill('SIGKILL')
      rmSync(root, { recursive: true, force: true })
    },
  }
  return place
}
export type Place = ReturnType<typeof makePlace>

export function ended(child: ChildProcess): Promise<Ran> {
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })))
}

/** Asks again until it is so: for what only a look at another process can tell. Fails by the test's own deadline. */
export async function until<T>(look: () => T | Promise<T>): Promise<NonNullable<T>> {
  for (;;) {
    const found = await look()
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Every file in a directory, at any depth. */
export const filesBelow = (directory: string): string[] =>
  readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

/** Whether a process runs; one that has ended and was not reaped yet does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return !stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')
  } catch {
    return false
  }
}
