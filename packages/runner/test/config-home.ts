import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Fault } from '@nacre/types'
import { onTestFinished } from 'vitest'
import type { Config } from '../src/config/config.ts'
import { loadConfig } from '../src/config/load-config.ts'

export type Around = {
  readonly env?: Record<string, string>
  readonly user?: string
  readonly flags?: { config?: string; workspace?: string }
}

/** A machine with these files: `etc/…`, `own/…` (the user's), `project/…` (its `.nacre`), anything else by its path. */
export function machine(files: Readonly<Record<string, string | Uint8Array>>) {
  const root = mkdtempSync(join(tmpdir(), 'nacre-config-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const home = join(root, 'home')
  const cwd = join(root, 'repo')
  const dirs = { etc: join(root, 'etc'), own: join(home, '.config/nacre'), project: join(cwd, '.nacre') }
  mkdirSync(cwd)
  const at = (path: string) => {
    const [first = '', ...rest] = path.split('/')
    return first in dirs ? join(dirs[first as keyof typeof dirs], ...rest) : join(root, path)
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(at(path)), { recursive: true })
    writeFileSync(at(path), text)
  }
  const load = ({ env = {}, ...more }: Around = {}): Promise<Config> =>
    loadConfig({ env, cwd, home, etc: dirs.etc, ...more })
  return { root, home, cwd, at, load, refusal: (around?: Around) => refusalOf(load(around)) }
}

/** What a configuration was refused with: message and mend as one text. */
async function refusalOf(loading: Promise<unknown>): Promise<string> {
  const fault = await loading.then(
    () => new Error('it was not refused'),
    (error: unknown) => error,
  )
  if (fault instanceof Fault && fault.code === 'invalid_input') return `${fault.message}\n${fault.mend ?? ''}`
  throw fault
}
