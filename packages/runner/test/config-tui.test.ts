import { Fault } from '@nacre/types'
import { describe, expect, it } from 'vitest'
import { loadTuiConfig } from '../src/config/load-tui.ts'
import { machine } from './config-home.ts'

const tuiOf = (files: Record<string, string>, env: Record<string, string> = {}, config?: string) => {
  const { cwd, home, at, load } = machine(files)
  const around = { env, cwd, home, etc: at('etc'), flags: { ...(config !== undefined && { config: at(config) }) } }
  return { load, tui: loadTuiConfig(around) }
}

describe("the terminal's file", () => {
  it('is not needed, and a later layer sets over an earlier one key by key', async () => {
    expect(await tuiOf({}).tui).toMatchObject({ theme: 'auto', keys: {} })
    const files = {
      'etc/tui.toml': 'theme = "dark"\n[keys]\nundo = "ctrl-z"\n',
      'own/tui.toml': '[keys]\nundo = ["ctrl-z", "ctrl-_"]\nsubmit = "enter"\n',
      'extra/tui.toml': 'theme = "none"\n',
    }
    expect(await tuiOf(files).tui).toMatchObject({
      theme: 'dark',
      keys: { undo: ['ctrl-z', 'ctrl-_'], submit: 'enter' },
    })
    for (const extra of ['extra', 'extra/tui.toml']) {
      expect(await tuiOf(files, {}, extra).tui).toMatchObject({ theme: 'none' })
    }
    expect(await tuiOf(files, { NACRE__THEME: 'light' }, 'extra').tui).toMatchObject({ theme: 'light' })
  })

  it('is never read from a project, whose stranger could move the key that approves', async () => {
    const { tui } = tuiOf({ 'project/tui.toml': 'theme = "dark"\n[keys]\napprove = "enter"\n' })
    expect(await tui).toMatchObject({ theme: 'auto', keys: {} })
  })

  it('tells every mistake with its place and what is expected', async () => {
    const { tui } = tuiOf({ 'own/tui.toml': 'theme = "drak"\nkey = 1\n[keys]\nundo = 7\n' }, { NACRE__THEME: 'x' })
    const fault = await tui.catch((error: unknown) => error)
    expect(fault).toBeInstanceOf(Fault)
    const { message } = fault as Fault
    expect(message).toContain('tui.toml:1:1: theme: expected one of "auto", "dark", "light", "none", got "drak".')
    expect(message).toContain('unknown key key. Did you mean keys?')
    expect(message).toContain('tui.toml:4:1: keys.undo: expected the name of a key, or a list of them, got 7.')
    expect(message).toContain('variable NACRE__THEME')
  })

  it('tells a key that no action has, and one that two would have', async () => {
    const wrong = tuiOf({ 'own/tui.toml': '[keys]\nsubmitt = "enter"\nundo = "ctrl-c"\n' }).tui
    await expect(wrong).rejects.toThrow(
      /tui\.toml:2:1: keys\.submitt: There is no such action\. Did you mean submit\?/u,
    )
    await expect(wrong).rejects.toThrow(/tui\.toml:3:1: keys\.undo: ctrl-c is also the key of interrupt\./u)
  })

  it('keeps no daemon from starting, whatever stands in it', async () => {
    const { load, tui } = tuiOf({ 'own/tui.toml': 'theme = [' }, { NACRE__THEME: 'x' })
    await expect(load({ env: { NACRE__THEME: 'x' } })).resolves.toBeDefined()
    await expect(tui).rejects.toThrow('is not TOML')
  })
})
