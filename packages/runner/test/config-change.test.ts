import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { Fault } from '@nacre/types'
import { describe, expect, it } from 'vitest'
import { changeKeys } from '../src/config/change.ts'
import type { Kind } from '../src/config/doc.ts'
import { typedKey } from '../src/config/typed-key.ts'
import { machine } from './config-home.ts'

type Pair = readonly [key: string, value: unknown, file?: Kind]
const SECRET = 'sk-canary-1e77f0'

function home(files: Record<string, string>, env: Record<string, string> = {}) {
  const { at, cwd, home: own } = machine(files)
  const around = { env, cwd, home: own, etc: at('etc'), user: 'alice' }
  const change = (...pairs: readonly Pair[]) =>
    changeKeys(
      around,
      pairs.map(([key, value, file]) => ({ ...typedKey(key, file), value })),
    )
  const refusal = (...pairs: readonly Pair[]) =>
    change(...pairs).then(
      () => 'it was not refused',
      (error: unknown) => (error instanceof Fault ? `${error.code}: ${error.message}\n${error.mend}` : String(error)),
    )
  return { at, change, refusal, textOf: (path: string) => readFileSync(at(path), 'utf8'), cwd }
}

describe('a change of the configuration', () => {
  it('goes into the file that has the key, with the comments and the mode that it had', async () => {
    const agent = '# Mine.\n[budget]\nday_usd = 20 # a day\n'
    const { at, change, textOf } = home({ 'own/agent.toml': agent })
    chmodSync(at('own/agent.toml'), 0o640)
    const { files } = await change(['budget.day_usd', 5], ['mounts.shared', '~/agent'], ['workspace_root', '~/all'])
    expect(textOf('own/agent.toml')).toBe('# Mine.\n[budget]\nday_usd = 5 # a day\n')
    expect(statSync(at('own/agent.toml')).mode & 0o777).toBe(0o640)
    expect(textOf('own/users/alice.toml')).toContain('[mounts]\nshared = "~/agent"')
    expect(statSync(at('own/users/alice.toml')).mode & 0o777).toBe(0o600)
    expect(files).toHaveLength(3)
    expect((await change(['budget.day_usd', 5])).files).toEqual([])
  })

  it('is all or nothing: keys that need each other are set together, and one that is wrong changes none', async () => {
    const { at, change, refusal, textOf } = home({})
    expect(await refusal(['selection.provider', 'anthropic'])).toContain('Set selection.model too.')
    expect(await refusal(['budget.day_usd', 1], ['runtime.max_turns', 'many'])).toContain(
      'config set: runtime.max_turns: expected a whole number from 1 to 1000, got a text.',
    )
    expect(await refusal(['runtime.max_turns', 'many'])).toContain('nothing was changed')
    expect(existsSync(at('own/agent.toml'))).toBe(false)
    await change(['selection.provider', 'anthropic'], ['selection.model', 'm'])
    expect(textOf('own/agent.toml')).toContain('[selection]\nprovider = "anthropic"\nmodel = "m"\n')
  })

  it('can mend one of two mistakes, and says that the other is left', async () => {
    const { change, textOf } = home({ 'own/agent.toml': '[budget]\nday_usd = "x"\nturn_usd = "y"\n' })
    const { remaining } = await change(['budget.day_usd', 1])
    expect(remaining.map(({ text }) => text)).toEqual([expect.stringContaining('budget.turn_usd')])
    expect(textOf('own/agent.toml')).toContain('day_usd = 1\n')
  })

  it('that takes a key away brings back what is below it', async () => {
    const { change, textOf } = home({ 'own/agent.toml': '# Keep.\n[budget]\n# This too.\nday_usd = 5\n' })
    await change(['budget.day_usd', undefined])
    expect(textOf('own/agent.toml')).toBe('# Keep.\n[budget]\n# This too.\n')
    expect((await change(['budget.day_usd', undefined])).files).toEqual([])
  })

  it('says what is stronger than the file', async () => {
    const { change } = home({ 'project/agent.toml': 'prompt = "p"' }, { NACRE__RUNTIME__MAX_TURNS: '7' })
    const { shadowed } = await change(['runtime.max_turns', 9], ['prompt', 'mine'], ['budget.day_usd', 1])
    expect(shadowed).toEqual([
      { key: 'runtime.max_turns', by: 'variable NACRE__RUNTIME__MAX_TURNS' },
      { key: 'prompt', by: expect.stringContaining('.nacre/agent.toml:1') },
    ])
  })

  it('follows a link to the file, and leaves it one', async () => {
    const { at, change } = home({ 'dotfiles/agent.toml': '[budget]\nday_usd = 20\n' })
    mkdirSync(at('own'), { recursive: true })
    symlinkSync(at('dotfiles/agent.toml'), at('own/agent.toml'))
    await change(['budget.day_usd', 3])
    expect(lstatSync(at('own/agent.toml')).isSymbolicLink()).toBe(true)
    expect(readFileSync(at('dotfiles/agent.toml'), 'utf8')).toContain('day_usd = 3')
  })

  it('refuses a file that is broken, and one that it would have to write anew, with the line', async () => {
    const { refusal } = home({ 'own/agent.toml': 'x = [' })
    expect(await refusal(['budget.day_usd', 1])).toMatch(/agent\.toml:\d+:\d+: is not TOML/)
    const dated = home({ 'own/tui.toml': '\nkeys = 1979-05-27\n' })
    expect(await dated.refusal(['keys.undo', 'u'])).toMatch(/tui\.toml:2: .*is no table there[\s\S]*by hand/)
  })

  it('never says a secret', async () => {
    const { refusal } = home({ 'own/providers.toml': 'providers = 1' })
    for (const set of ['providers.registry.x.api_key', 'providers.registry.x.extra_headers.x-y']) {
      expect(await refusal([set, SECRET])).not.toContain(SECRET)
      expect(await refusal([set, `${SECRET} with spaces\n`])).not.toContain(SECRET)
    }
  })

  it('leaves the file as it was where it cannot be written', async () => {
    const { at, refusal, textOf } = home({ 'own/agent.toml': '[budget]\nday_usd = 20\n' })
    mkdirSync(join(at('own'), `.agent.toml.${process.pid}`))
    expect(await refusal(['budget.day_usd', 1])).toContain('could not be written')
    expect(textOf('own/agent.toml')).toContain('20')
  })

  it('does not write over what somebody else wrote in between', async () => {
    const { at, change, textOf } = home({ 'own/agent.toml': '[budget]\nday_usd = 20\n' })
    const path = at('own/agent.toml')
    const racing = change(['budget.day_usd', 1])
    writeFileSync(path, '[budget]\nday_usd = 9\n')
    const outcome = await racing.then(
      () => 'written',
      (error: unknown) => (error as Fault).code,
    )
    expect([outcome, textOf('own/agent.toml').includes('day_usd = 9')]).toEqual(
      outcome === 'written' ? ['written', false] : ['conflict', true],
    )
    expect(existsSync(join(at('own'), `.agent.toml.${process.pid}`))).toBe(false)
  })
})

describe('a key that is typed', () => {
  const said = (typed: string, kind?: Kind) => {
    try {
      return typedKey(typed, kind)
    } catch (error) {
      return error instanceof Fault ? `${error.message} ${error.mend}` : String(error)
    }
  }

  it('is written as in TOML, and knows its file', () => {
    expect(said('keys."ctrl r"')).toEqual({ kind: 'tui', path: ['keys', 'ctrl r'] })
    expect(said('providers.registry.x.tags')).toMatchObject({ kind: 'providers' })
    expect(said('providers.registry.x.tags', 'agent')).toMatchObject({ kind: 'agent' })
  })

  it.each([
    ['budget.dai_usd', 'Did you mean budget.day_usd?'],
    ['budget', 'budget.call_usd'],
    ['keys', 'keys.NAME'],
    ['tcp_port', 'gateway.tcp_port'],
    ['memory.enabled', 'not yet in this version'],
    ['a = 1\nb', 'not the name of a key'],
    ['x'.repeat(600), 'not the name of a key'],
    ['', 'not the name of a key'],
    ['__proto__.x', 'not the name of a key'],
  ])('%s is refused: %s', (typed, why) => {
    expect(said(typed)).toContain(why)
  })

  it('in a file that has it not is told whose it is', () => {
    expect(said('budget.day_usd', 'runner')).toContain('It belongs into agent.toml.')
  })
})
