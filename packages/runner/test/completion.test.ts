import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CLI, makePlace, type Place } from './place.js'

/** A place in which `runner` is on the path, with one session and two users. */
async function placeWithRunner(): Promise<{ place: Place; session: string; env: Record<string, string> }> {
  const place = makePlace()
  const bin = join(place.root, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'runner'), `#!/bin/sh\nexec "${process.execPath}" "${CLI}" "$@"\n`, { mode: 0o755 })
  mkdirSync(join(place.home, 'folder'))
  await place.run('start', '--detach')
  await place.run('ask', 'help')
  const { sessions } = await place.status()
  await place.run('stop')
  return { place, session: sessions[0]?.session ?? '', env: { ...place.env, PATH: `${bin}:${place.env.PATH}` } }
}

/** What a shell offers behind a command line that ends at the cursor. */
type Offers = (line: string) => readonly string[]

const lines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.split('\t')[0]?.trim() ?? '')
    .filter(Boolean)

const SHELLS: Readonly<Record<string, (place: Place, env: Record<string, string>) => Offers>> = {
  bash:
    ({ home }, env) =>
    (line) => {
      const script = `source <(runner completion bash)
      COMP_LINE="$1" COMP_POINT=\${#1}; read -ra COMP_WORDS <<< "$1"
      case "$1" in *' ') COMP_WORDS+=('');; esac
      COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _runner; printf '%s\\n' "\${COMPREPLY[@]}"`
      return lines(execFileSync('bash', ['-c', script, 'bash', line], { env, cwd: home, encoding: 'utf8' }))
    },
  fish:
    ({ home }, env) =>
    (line) => {
      const script = 'runner completion fish | source; complete -C "$argv[1]"'
      return lines(execFileSync('fish', ['-c', script, line], { env, cwd: home, encoding: 'utf8' }))
    },
  // A completion system without a terminal: what would be added is printed.
  zsh:
    ({ home }, env) =>
    (line) => {
      const script = `compdef() { : }; compadd() { shift; print -l -- "$@" }; _files() { print -l -- * }
      source <(runner completion zsh); words=("\${(@s: :)1}"); CURRENT=$#words; _runner`
      return lines(execFileSync('zsh', ['-f', '-c', script, 'zsh', line], { env, cwd: home, encoding: 'utf8' }))
    },
}
/** In CI all of them are installed; elsewhere a shell that is not there cannot be asked. */
const isMissing = (shell: string) => !process.env.CI && spawnSync(shell, ['--version']).error !== undefined

describe('completion', { timeout: 60_000 }, () => {
  for (const [shell, offersIn] of Object.entries(SHELLS))
    test(`in ${shell} offers commands, flags, choices, sessions, users and files`, async (context) => {
      if (isMissing(shell)) context.skip(`needs ${shell}`)
      const { place, session, env } = await placeWithRunner()
      await using _ = place
      const offers = offersIn(place, env)
      const offered = (line: string) => {
        const last = line.split(' ').at(-1) ?? ''
        return offers(line).filter((word) => word.startsWith(last))
      }
      expect(offered('runner st')).toEqual(expect.arrayContaining(['start', 'status', 'stop']))
      expect(offered('runner ')).not.toContain('__names')
      expect(offered('runner sessions ')).toEqual(expect.arrayContaining(['list', 'show', 'fork']))
      expect(offered('runner catalog f')).toEqual(['fetch'])
      expect(offered('runner ask --t')).toEqual(['--timeout'])
      expect(offered('runner status --t')).not.toContain('--timeout')
      expect(offered('runner usage --by ')).toEqual(expect.arrayContaining(['day', 'model', 'session', 'user']))
      expect(offered('runner sessions show ')).toEqual([session])
      expect(offered('runner events --session ')).toEqual([session])
      expect(offered('runner --user ')).toEqual(['alice'])
      expect(offered('runner status --user alice --j')).toEqual(['--json'])
      expect(offered('runner export ')).toEqual([session])
      expect(offered('runner import ').map((name) => name.replace('/', ''))).toContain('folder')
      expect(offered('runner completion ')).toEqual(expect.arrayContaining(['bash', 'fish', 'zsh']))
    })

  test('of a shell that there is not, and names that nobody can tell, are a refusal and nothing', async () => {
    await using place = makePlace()
    expect(await place.run('completion', 'tcsh')).toMatchObject({ code: 2, stderr: expect.stringContaining('bash') })
    mkdirSync(place.stateOf('alice'), { recursive: true })
    writeFileSync(join(place.stateOf('alice'), 'log.db'), 'no log at all')
    expect(await place.run('__names', 'sessions')).toMatchObject({ code: 0, stdout: '', stderr: '' })
  })
})
