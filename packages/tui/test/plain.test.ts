import { PassThrough, Writable } from 'node:stream'
import { systemWorld } from '@nacre/client'
import { runTui } from '@nacre/tui'
import { describe, expect, it } from 'vitest'
import * as ev from './support/events.ts'
import { fakeClient } from './support/fake-client.ts'
import { fakePlace } from './support/fake-place.ts'
import { stopHint } from './support/opened.ts'

/** A plain face at two pipes. */
function piped(daemon: ReturnType<typeof fakeClient>) {
  const input = new PassThrough()
  let told = ''
  let waiting: { text: string; seen: () => void }[] = []
  const output = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, written) {
      told += text
      written()
      waiting = waiting.filter(({ text: wanted, seen }) => !told.includes(wanted) || void seen())
    },
  })
  const end = runTui({
    world: systemWorld(),
    connect: async () => daemon.client,
    place: async () => fakePlace().place,
    input,
    output,
    colours: { noColor: true, background: 'unknown', depth: 'none' },
    plain: true,
    texts: { stopHint },
  })
  return {
    input,
    end,
    told: () => told,
    tells: (text: string) =>
      told.includes(text) ? Promise.resolve() : new Promise<void>((seen) => waiting.push({ text, seen })),
  }
}

const asks = [
  ev.queued('t', 'go'),
  ev.turnStarted('t'),
  ev.stepStarted('t', 1, ['t']),
  ev.stepFinished('t.1', 'Shall I?', [{ name: 'shell_exec', args: { command: 'ls' } }]),
  ev.approvalRequested('t.1.0', 'shell_exec'),
]

describe('a plain face', () => {
  it('takes nothing of a line that never ends, nor of its end, and goes on with the next', async () => {
    const daemon = fakeClient({
      onInput: (session, turn) =>
        void setImmediate(() => {
          daemon.record(session, ev.turnStarted(turn), ev.stepStarted(turn, 1, [turn]))
          daemon.record(session, ev.stepFinished(`${turn}.1`, 'Hello.'), ev.turnFinished(turn))
        }),
    })
    daemon.add('s')
    const { input, end, told } = piped(daemon)
    for (let n = 0; n < 20; n++) input.write('x'.repeat(64 * 1024))
    input.write('the end\nhello\n')
    input.end()
    await expect(end).resolves.toEqual({ exit: 'input-closed' })
    expect(told()).toContain('the line has more than 1,048,576 characters')
    expect(daemon.asked).toEqual(['send s hello'])
  })

  it('whose input ends while a call asks says what it asks before it goes', async () => {
    const daemon = fakeClient()
    daemon.add('s')
    daemon.record('s', ...asks)
    const { input, end, told } = piped(daemon)
    input.end()
    await expect(end).resolves.toEqual({ exit: 'input-closed' })
    expect(told()).toMatch(/\$ ls[\s\S]*Allow this\? type y or n[\s\S]*keeps running/u)
  })

  it('writes text and newlines and nothing else, whatever is said', async () => {
    const daemon = fakeClient()
    daemon.add('s')
    const { input, end, told, tells } = piped(daemon)
    await tells('session s')
    daemon.record('s', ...asks)
    await tells('Allow this? type y or n')
    expect(told()).toMatch(/\$ ls[\s\S]*shell_exec is privileged\.\nAllow this\?/u)
    input.write('y\n')
    daemon.record('s', ev.toolStarted('t.1.0', 'shell_exec'), ev.toolFinished('t.1.0', 'a\u001b[2J\rb'))
    daemon.record('s', ev.stepStarted('t', 2))
    for (let n = 0; n < 80; n++) daemon.publish('s', ev.delta('t.2', n * 4, 'aba '))
    daemon.record(
      's',
      ev.stepFinished('t.2', `${'aba '.repeat(80)}\n| a | b |\n|---|---|\n| 1 | **2** |`),
      ev.turnFinished('t'),
    )
    await tells('│')
    input.end()
    await expect(end).resolves.toEqual({ exit: 'input-closed' })
    expect(told().replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
    expect(told()).toContain('aba '.repeat(80).trim())
    expect(told().match(/Allow this\?/gu)).toHaveLength(1)
    expect(told().match(/Shall I\?/gu)).toHaveLength(1)
    expect(told()).toContain(stopHint)
  })

  it('asks a question once, and a second call after the first was answered', async () => {
    const daemon = fakeClient()
    daemon.add('s')
    const { input, end, told, tells } = piped(daemon)
    await tells('session s')
    const two = [1, 2].map((n) => ({ name: 'shell_exec', args: { command: `echo ${n}` } }))
    daemon.record('s', ...asks.slice(0, 3), ev.stepFinished('t.1', 'Two.', two))
    daemon.record('s', ev.approvalRequested('t.1.0', 'shell_exec'), ev.approvalRequested('t.1.1', 'shell_exec'))
    await tells('Allow this?')
    expect(told()).not.toContain('echo 2')
    daemon.record('s', ev.notice('something else'))
    await tells('something else')
    input.write('n\n')
    await tells('echo 2')
    expect(daemon.asked).toEqual(['deny s t.1.0'])
    expect(told().match(/Allow this\?/gu)).toHaveLength(2)
    input.write('/quit\n')
    await expect(end).resolves.toEqual({ exit: 'quit' })
  })

  it('waits at the end of its input for the turn that it began', async () => {
    const both = Promise.withResolvers<void>()
    const begin = (turn: string) => daemon.record('s', ev.turnStarted(turn), ev.stepStarted(turn, 1, [turn]))
    const daemon = fakeClient({
      onInput: (_, turn) => void (turn === 'i1' ? begin(turn) : both.resolve()),
    })
    daemon.add('s')
    const { input, end, told, tells } = piped(daemon)
    input.end('one\ntwo words')
    await both.promise
    let ended = false
    void end.then(() => (ended = true))
    daemon.record('s', ev.stepFinished('i1.1', 'first'), ev.turnFinished('i1'))
    await tells('first')
    expect(ended).toBe(false)
    begin('i2')
    daemon.record('s', ev.stepFinished('i2.1', 'second'), ev.turnFinished('i2'))
    await expect(end).resolves.toEqual({ exit: 'input-closed' })
    expect(told()).toMatch(/first[\s\S]*second/u)
  })

  it('does what is piped in in its order, about the session that it joins, and tells all of it before it ends', async () => {
    const daemon = fakeClient({
      onInput: (_, turn) =>
        void daemon.record('s', ev.turnStarted(turn), ev.stepStarted(turn, 1, [turn]), ev.turnFinished(turn)),
    })
    daemon.add('s', 'the boat')
    const there = Promise.withResolvers<void>()
    const connected: typeof daemon.client.connected = async () => {
      await there.promise
      return daemon.client.connected()
    }
    const { input, end, told, tells } = piped({ ...daemon, client: { ...daemon.client, connected } })
    input.end('/rename the red boat\nhello\n/status\n/usage\n/nothing\n')
    await tells('"/nothing" is no command')
    there.resolve()
    await expect(end).resolves.toEqual({ exit: 'input-closed' })
    expect(told()).toMatch(/session s[\s\S]*called "the red boat" now\.[\s\S]*daemon: healthy[\s\S]*the day: /u)
    expect(daemon.asked).toEqual(['rename s the red boat', 'send s hello', 'health'])
  })

  it('tells at the end of its input what was asked for, however long that takes', async () => {
    const daemon = fakeClient()
    daemon.add('s')
    const usage = Promise.withResolvers<void>()
    const slow: typeof daemon.client.usage = async (session) => {
      await usage.promise
      return daemon.client.usage(session)
    }
    const { input, end, told } = piped({ ...daemon, client: { ...daemon.client, usage: slow } })
    let ended = false
    void end.then(() => (ended = true))
    input.end('/usage\n/rename the red boat\n')
    await expect.poll(told).toContain('called "the red boat" now.')
    expect([ended, told()]).toEqual([false, expect.not.stringContaining('the day: ')])
    usage.resolve()
    await expect(end).resolves.toEqual({ exit: 'input-closed' })
    expect(told()).toContain('the day: ')
  })

  it('shows a question of an agent, and its choices, before it waits for the answer', async () => {
    const daemon = fakeClient()
    daemon.add('s')
    const { input, end, told, tells } = piped(daemon)
    await tells('session s')
    daemon.record('s', ...asks.slice(0, 3), ev.stepFinished('t.1', '', [{ name: 'ask_person', args: {} }]))
    daemon.record('s', ev.questionAsked('t.1.0', 'Which colour?', { choices: ['red', 'blue'] }))
    await tells('Type your answer and press Enter')
    expect(told()).toMatch(/Which colour\?\n {2}1\. red\n {2}2\. blue\nType your answer/u)
    input.write('2\n/quit\n')
    await end
    expect(daemon.asked).toEqual(['answer s t.1.0 blue'])
  })

  it('ends at the end of its input where a call asks: nobody is there to answer', async () => {
    const daemon = fakeClient()
    daemon.add('s')
    daemon.record('s', ...asks)
    const { input, end, tells } = piped(daemon)
    await tells('Allow this?')
    input.end()
    await expect(end).resolves.toEqual({ exit: 'input-closed' })
    expect(daemon.asked).toEqual([])
  })
})
