import { describe, expect, test } from 'vitest'
import { modelServer, type Said, usingModel } from './model-server.js'
import { makePlace, until } from './place.js'
import { hasTmux, realTerminal } from './real-terminal.js'

const WORDS = Array.from({ length: 60 }, (_, n) => `word${n}`).join(' ')

/** Tells a long story that stops in its middle until the test lets it go on; "run" asks for a command. */
function storyteller() {
  let gate = Promise.withResolvers<void>()
  let said = 0
  const say = (text: string, round: number): Said => {
    said = 0
    if (text.includes('run') && round === 0)
      return { text: 'Shall I?', calls: [{ name: 'shell_exec', args: { command: 'echo it ran > ran.txt' } }] }
    return text.includes('run') ? { text: 'It is done.' } : { text: `${WORDS} and that was the end of ${text}` }
  }
  const pause = async () => {
    said += 1
    if (said > 30) await gate.promise
  }
  const hold = () => {
    gate = Promise.withResolvers<void>()
  }
  return { say, pause, hold, release: () => gate.resolve() }
}

describe('the TUI in a real terminal', { timeout: 90_000 }, () => {
  test('chat, tool call, approval, kill -9 of the guest and of the TUI in mid-answer, resume', async (context) => {
    if (!hasTmux()) context.skip('needs tmux: the program is not installed')
    const story = storyteller()
    await using model = await modelServer(story.say, story.pause)
    await using place = makePlace()
    for (const [name, text] of Object.entries(usingModel(model.baseUrl, 'sk-test'))) place.configure(name, text)
    expect((await place.run('start', '--detach')).code).toBe(0)
    using tui = realTerminal(place)
    tui.open('--tui')
    await tui.shows('NOT SEALED')

    // An approval: Enter alone decides nothing.
    tui.type('please run it', 'Enter')
    await tui.shows('type y or n')
    tui.type('Enter')
    tui.type('y', 'Enter')
    await tui.shows('It is done.')

    // The guest dies in the middle of an answer: what was said is withdrawn, and said again in full.
    tui.type('story one', 'Enter')
    await tui.shows('word20')
    const { guests } = await place.status()
    process.kill(guests[0]?.pid ?? 0, 'SIGKILL')
    story.release()
    const resumed = await tui.shows('and that was the end of story one')
    const [before = '', again = ''] = resumed.split('cut off and is withdrawn; it is said again')
    expect(before).toContain('word0 ')
    expect(again.split('word20 ')).toHaveLength(2)
    expect((await place.run('events', '--json')).stdout).toContain('"outcome":"interrupted"')

    // The TUI itself dies in the middle of an answer: the next one shows the whole of it.
    story.hold()
    tui.type('story two', 'Enter')
    await tui.shows('story two')
    await until(() => (tui.all().split('story two')[1]?.includes('word20') ? true : undefined))
    process.kill(tui.pid(), 'SIGKILL')
    await tui.shows('left with 137')
    story.release()
    tui.close()
    tui.open('--tui')
    const joined = await tui.shows('and that was the end of story two')
    expect(joined).toContain('It is done.')
    expect(joined.split('and that was the end of story two')).toHaveLength(2)

    tui.type('/quit', 'Enter')
    const left = await tui.shows('left with 0')
    expect(left).toContain('keeps running')
    expect(left).toContain('stop --user alice')
    expect((await place.status()).running).toBe(true)
  })

  test('its commands: new, sessions, switch, status, cancel, and one that there is not', async (context) => {
    if (!hasTmux()) context.skip('needs tmux: the program is not installed')
    const story = storyteller()
    await using model = await modelServer(story.say, story.pause)
    await using place = makePlace()
    for (const [name, text] of Object.entries(usingModel(model.baseUrl, 'sk-test'))) place.configure(name, text)
    await place.run('start', '--detach')
    using tui = realTerminal(place, { columns: 60, rows: 20 })
    tui.open('--tui')
    await tui.shows('ready')
    tui.type('/stauts', 'Enter')
    await tui.shows('/status')
    tui.type('/new garden plans', 'Enter')
    await tui.shows('garden plans')
    tui.type('a tale', 'Enter')
    await tui.shows('word20')
    tui.type('second thoughts', 'Enter')
    await tui.shows('queued: second thoughts')
    tui.type('/cancel', 'Enter')
    await tui.shows('cancelled')
    story.release()
    await tui.shows('the end of second thoughts')
    tui.type('/sessions', 'Enter')
    const listed = await tui.shows('this one')
    expect(listed).not.toContain('the end of a tale')
    tui.type('Escape')
    await until(() => (tui.all().includes('this one') ? undefined : true))
    expect(model.requests.map(({ body }) => body).join('\n')).not.toContain('stauts')
    tui.type('/quit', 'Enter')
    await tui.shows('left with 0')
  })
})
