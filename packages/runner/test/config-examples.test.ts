import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import { isTable, type Kind, valueAt } from '../src/config/doc.ts'
import { dotted } from '../src/config/key-path.ts'
import { keysOf } from '../src/config/keys.ts'
import { machine } from './config-home.ts'

const EXAMPLES = new URL('../../../examples/config/', import.meta.url)
const FILES: Record<Kind, string> = {
  agent: 'agent.toml',
  providers: 'providers.toml',
  runner: 'runner.toml',
  user: 'users/alice.toml',
  tui: 'tui.toml',
}
const textOf = (file: string) => readFileSync(new URL(file, EXAMPLES), 'utf8')
/** With every key that is commented out switched on. */
const uncommented = (file: string) => textOf(file).replace(/^# (?=\[[\w.<>]+\]$|\w+ = )/gm, '')

describe('the annotated files', () => {
  it('are five, and load as they are, as what is so without them', async () => {
    expect(
      readdirSync(EXAMPLES, { recursive: true })
        .map(String)
        .filter((file) => file.endsWith('.toml'))
        .sort(),
    ).toEqual(Object.values(FILES).sort())
    const { load } = machine({})
    const config = await load({ user: 'alice', flags: { config: fileURLToPath(EXAMPLES) } })
    const { providers, origins: _, ...bare } = await load({ user: 'alice' })
    expect(config).toMatchObject(bare)
    expect([...config.providers.keys()]).toEqual([...providers.keys(), 'house'])
  })

  it.each(Object.entries(FILES))('of %s has every key of it, and loads with all of them on', async (kind, file) => {
    const values = parse(uncommented(file))
    for (const key of keysOf(kind as Kind)) {
      // The registry is explained in its own file, and so are the names in it.
      if (kind === 'agent' && key[0] === 'providers') continue
      expect(has(values, key), `${dotted(key)} in ${file}`).toBe(true)
    }
    const text = uncommented(file).replaceAll(/^prompt_file = .*$/gm, '')
    const { load } = machine({ [`own/${file}`]: text, 'own/users/alice.toml': kind === 'user' ? text : '' })
    await expect(load({ user: 'alice' })).resolves.toBeDefined()
  })
})

function has(value: unknown, path: readonly string[]): boolean {
  const [name, ...rest] = path
  if (name === undefined) return value !== undefined
  if (name !== '*') return has(valueAt(value, [name]), rest)
  return isTable(value) && Object.values(value).some((inner) => has(inner, rest))
}
