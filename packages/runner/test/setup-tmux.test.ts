import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { modelServer } from './model-server.js'
import { CLI, filesBelow, makePlace, type Place, until } from './place.js'

/** A terminal in which the first start runs. */
function terminal(place: Place) {
  let opened = 0
  const tmux = (...args: string[]) =>
    execFileSync('tmux', ['-S', join(place.root, `tmux-${opened}`), ...args], { encoding: 'utf8', env: place.env })
  const env = Object.entries(place.env).flatMap(([name, value]) => ['-e', `${name}=${value}`])
  const screen = () => tmux('capture-pane', '-p', '-S', '-500', '-t', 'first')
  const close = () => {
    try {
      tmux('kill-server')
    } catch {
      // It had ended already.
    }
  }
  return {
    open: (...args: string[]) => {
      close()
      opened += 1
      const command = [process.execPath, CLI, ...args].map((word) => `'${word}'`).join(' ')
      tmux(
        'new-session',
        '-d',
        '-s',
        'first',
        '-x',
        '100',
        '-y',
        '40',
        ...env,
        `trap : INT; ${command}; echo "left with $?"; cat`,
      )
    },
    screen,
    type: (...keys: string[]) => tmux('send-keys', '-t', 'first', ...keys),
    shows: (text: string) => until(() => (screen().includes(text) ? screen() : undefined)),
    [Symbol.dispose]: close,
  }
}

const hasTmux = () => {
  try {
    execFileSync('tmux', ['-V'])
    return true
  } catch {
    return false
  }
}

const agentIn = (place: Place) => join(place.home, '.config', 'nacre', 'agent.toml')
/** Compiled code of the command line is nobody's answer. */
const kept = (place: Place) => filesBelow(place.home).filter((path) => !path.includes('/compiled/'))

describe('the first start in a terminal', { timeout: 90_000 }, () => {
  test('ctrl-c leaves everything as it was; Enter begins with the offline model, and nobody is asked again', async (context) => {
    if (!hasTmux()) context.skip('needs tmux: the program is not installed')
    await using place = makePlace()
    using first = terminal(place)
    first.open('--first-run')
    await first.shows('Who shall answer?')
    first.type('2', 'Enter')
    await first.shows('Type its name')
    first.type('C-c')
    await first.shows('left with 130')
    expect(kept(place)).toEqual([])

    first.open('--first-run')
    await first.shows('Who shall answer?')
    first.type('Enter')
    await first.shows('NOT SEALED')
    expect(first.screen()).toContain('offline/offline is selected.')
    expect(existsSync(agentIn(place))).toBe(false)
    first.type('hello', 'Enter')
    await first.shows('offline')
    await place.run('stop')

    first.open('--first-run')
    await first.shows('NOT SEALED')
    expect(first.screen()).not.toContain('Who shall answer?')
  })

  test('lets a person choose a model, try it with one call, and talk with it', async (context) => {
    if (!hasTmux()) context.skip('needs tmux: the program is not installed')
    await using model = await modelServer((text) => ({
      text: text.includes('Are you there') ? 'yes' : 'I am the one.',
    }))
    await using place = makePlace({ env: { LOCAL_KEY: 'sk-canary-77' } })
    place.configure(
      'providers.toml',
      `[providers.registry.local]\nprovider_type = "openai"\nbase_url = "${model.baseUrl}"\napi_key_env = "LOCAL_KEY"\n`,
    )
    using first = terminal(place)
    first.open('--first-run')
    await first.shows('local: LOCAL_KEY is set')
    first.type('2', 'Enter')
    await first.shows('Which model of local?')
    first.type('test', 'Enter')
    await first.shows('Try it now')
    first.type('y', 'Enter')
    await first.shows('NOT SEALED')
    expect(first.screen()).toMatch(/It answered in [\d.]+ s: yes/)
    expect(readFileSync(agentIn(place), 'utf8')).toContain('model = "test"')
    expect(model.requests).toHaveLength(1)
    first.type('who are you', 'Enter')
    await first.shows('I am the one.')
    expect(readdirSync(join(place.home, '.config', 'nacre')).sort()).toEqual(['agent.toml', 'providers.toml'])
  })

  test('asks nothing where a flag says so', async (context) => {
    if (!hasTmux()) context.skip('needs tmux: the program is not installed')
    await using place = makePlace()
    using first = terminal(place)
    first.open('--first-run', '--no-setup')
    await first.shows('NOT SEALED')
    expect(first.screen()).not.toContain('Who shall answer?')
  })
})
