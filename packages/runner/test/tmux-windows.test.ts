import { describe, expect, test } from 'vitest'
import { modelServer, type Said, usingModel } from './model-server.js'
import { makePlace } from './place.js'
import { hasTmux, realTerminal } from './real-terminal.js'

const NEEDS = 'needs tmux: the program is not installed'

/** "run" asks for a command; everything else is said again. */
const say = (text: string, round: number): Said =>
  text.includes('run') && round === 0
    ? { text: 'Shall I?', calls: [{ name: 'shell_exec', args: { command: 'echo it ran > ran.txt' } }] }
    : { text: text.includes('run') ? 'It is done.' : `You said ${text}, I heard.` }

async function started() {
  const model = await modelServer(say)
  const place = makePlace()
  for (const [name, text] of Object.entries(usingModel(model.baseUrl, 'sk-test'))) place.configure(name, text)
  expect((await place.run('start', '--detach')).code).toBe(0)
  return { model, place }
}

describe('terminals over a real daemon', { timeout: 90_000 }, () => {
  test('a daemon that is killed is missed, and the face goes on when it is back', async (context) => {
    if (!hasTmux()) context.skip(NEEDS)
    const { model, place } = await started()
    await using _ = model
    await using __ = place
    using tui = realTerminal(place)
    tui.open('--tui')
    await tui.shows('ready')
    tui.type('before', 'Enter')
    await tui.shows('You said before, I heard.')
    process.kill((await place.status()).pid, 'SIGKILL')
    await tui.shows('connection lost, reconnecting')
    tui.type('a draft')
    await tui.shows('> a draft')
    expect((await place.run('start', '--detach')).code).toBe(0)
    await tui.hides('connection lost')
    expect(tui.screen()).toContain('> a draft')
    tui.type('Enter')
    const all = await tui.shows('You said a draft, I heard.')
    expect(all.split('You said before, I heard.')).toHaveLength(2)
    expect(all.split('› before')).toHaveLength(2)
    tui.type('/quit', 'Enter')
    await tui.shows('left with 0')
  })

  test('two windows on one session: each shows what the other sends, and one answer is enough', async (context) => {
    if (!hasTmux()) context.skip(NEEDS)
    const { model, place } = await started()
    await using _ = model
    await using __ = place
    using one = realTerminal(place)
    using two = realTerminal(place, { columns: 60, rows: 20 })
    one.open('--tui')
    await one.shows('ready')
    one.type('hello', 'Enter')
    await one.shows('You said hello, I heard.')
    two.open('--tui')
    await two.shows('You said hello, I heard.')
    two.type('and from here', 'Enter')
    await one.shows('You said and from here, I heard.')

    one.type('please run it', 'Enter')
    for (const window of [one, two]) await window.shows('Allow this? type y or n')
    two.type('y')
    one.type('n', 'Enter')
    for (const window of [one, two]) await window.hides('Allow this?')
    for (const window of [one, two]) await window.shows('denied: it was not run')
    // What was typed for the question that is gone does nothing any more.
    two.type('Enter')
    await two.shows('Another call asks now')
    for (const window of [one, two]) {
      window.type('/quit', 'Enter')
      await window.shows('left with 0')
    }
  })
})
