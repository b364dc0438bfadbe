import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'

/** The files that a fresh Node has loaded once `door` is imported. */
function loadedBy(door: string): readonly string[] {
  const program = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context) } })
    await import(${JSON.stringify(door)})
    console.log(JSON.stringify(loaded))`
  const home = new URL('..', import.meta.url)
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: home, encoding: 'utf8' })
  return JSON.parse(out) as string[]
}

it('the door of types and constants loads nothing but this package', () => {
  const loaded = loadedBy('@nacre/types')
  expect(loaded.length).toBeGreaterThan(0)
  expect(loaded.filter((url) => !url.includes('/packages/types/dist/'))).toEqual([])
})

it('the door of schemas is the one that loads zod', () => {
  expect(loadedBy('@nacre/types/schema').some((url) => url.includes('/zod/'))).toBe(true)
})
