import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fault, type Fence, sessionId } from '@nacre/types'
import { onTestFinished } from 'vitest'

/** Host directories for one test: `root` and `tmp` are given away, `outside/secret` must stay as it is. */
export function hostPlace() {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'nacre-tools-')))
  const [root, tmp, outside] = ['root', 'tmp', 'outside'].map((name) => join(base, name)) as [string, string, string]
  for (const path of [root, tmp, outside]) mkdirSync(path)
  writeFileSync(join(outside, 'secret'), 'OUTSIDE')
  onTestFinished(() => rmSync(base, { recursive: true, force: true }))
  const untouched = () =>
    readdirSync(base).toSorted().join() === 'outside,root,tmp' &&
    readdirSync(outside).join() === 'secret' &&
    readFileSync(join(outside, 'secret'), 'utf8') === 'OUTSIDE'
  return { base, root, tmp, outside, untouched }
}

export const fence: Fence = { session: sessionId('test'), epoch: 1 }
export const all = { offset: 0, limitBytes: 64 * 1024 }
export const bytesOf = (text: string) => new TextEncoder().encode(text)
export const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

/** The Fault that `act` is refused with; fails if it is not. */
export async function refusal(act: () => Promise<unknown>): Promise<Fault> {
  const result = await act().then(
    () => 'it was not refused',
    (error: unknown) => error,
  )
  if (result instanceof Fault) return result
  throw result
}
