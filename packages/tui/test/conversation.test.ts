import { Fault } from '@nacre/client'
import { describe, expect, it } from 'vitest'
import * as ev from './support/events.ts'
import { fakeClient, HELLO } from './support/fake-client.ts'
import { awayHint, opened, ready, stopHint } from './support/opened.ts'

describe('at the start', () => {
  it('says model, workspace and what is enforced, and creates a session where there is none', async () => {
    const { shows, screen, daemon } = await opened()
    await shows('ready')
    expect(daemon.asked).toEqual(['create -'])
    expect(screen.screen()).toContain('model offline · workspace /home/alice/shared')
    expect(screen.screen()).toContain('isolation: process, NOT SEALED YET')
    expect(screen.screen()).toContain('The guest can read your files and use the network.')
  })

  it('joins the session that was used last and shows what was said there', async () => {
    const daemon = fakeClient()
    daemon.add('new-but-idle')
    daemon.add('used')
    daemon.add('newer')
    daemon.record('used', ev.queued('a', 'hello'), ev.turnStarted('a'), ev.stepStarted('a', 1, ['a']))
    daemon.record('used', ev.stepFinished('a.1', 'Good morning.'), ev.turnFinished('a'))
    const { shows, screen } = await opened({ daemon })
    await shows('Good morning.')
    expect(screen.screen()).toMatch(/session used\b[\s\S]*› hello\n\nGood morning\./u)
  })

  it('joins the session that it is told, by prefix', async () => {
    const daemon = fakeClient()
    daemon.add('alpha', 'one')
    daemon.add('beta')
    const { shows } = await opened({ daemon, session: 'al' })
    await shows('session alpha "one"')
  })

  it('ends with the reason when there is no such session, and gives the terminal back', async () => {
    const { end, raw, screen } = await opened({ session: 'nowhere' })
    await expect(end).rejects.toThrow('No session begins with nowhere.')
    expect(raw).toEqual([true, false])
    expect([...screen.modes].toSorted()).toEqual(['?25', '?7'])
  })
})

describe('a turn', () => {
  it('streams text, runs a tool and ends, each line printed once', async () => {
    const { daemon, type, shows, hides, screen } = await ready()
    type('list files\r')
    await shows('list files')
    expect(daemon.asked).toEqual(['send s list files'])
    daemon.record('s', ev.turnStarted('i1'), ev.stepStarted('i1', 1, ['i1']))
    daemon.publish('s', ev.delta('i1.1', 0, 'I will look.\nThen I'))
    await shows('Then I')
    daemon.publish('s', ev.delta('i1.1', 19, ' say.'))
    await shows('Then I say.')
    daemon.record(
      's',
      ev.stepFinished('i1.1', 'I will look.\nThen I say.', [{ name: 'file_list', args: { path: '.' } }]),
    )
    daemon.record('s', ev.toolStarted('i1.1.0', 'file_list'))
    await shows('… running')
    daemon.record(
      's',
      ev.toolFinished('i1.1.0', 'a.txt\nb.txt'),
      ev.stepStarted('i1', 2),
      ev.stepFinished('i1.2', 'Two files.'),
    )
    daemon.record('s', ev.turnFinished('i1'))
    await shows('ready')
    await hides('… running')
    expect(screen.all()).toContain(
      '› list files\n\nI will look.\nThen I say.\n● file_list {"path":"."}\n  │ a.txt\n  │ b.txt\n\nTwo files.\n\nready',
    )
    expect(screen.all().split('I will look.')).toHaveLength(2)
  })

  it('keeps a long answer in the scrollback, every line once and in order', async () => {
    const { daemon, type, shows, screen } = await ready({ rows: 10 })
    type('count\r')
    await shows('count')
    daemon.record('s', ev.turnStarted('i1'), ev.stepStarted('i1', 1, ['i1']))
    const numbers = Array.from({ length: 100 }, (_, n) => `line ${n + 1}.`)
    const answer = numbers.join('\n')
    for (let at = 0; at < answer.length; at += 7) daemon.publish('s', ev.delta('i1.1', at, answer.slice(at, at + 7)))
    await shows('line 100.')
    daemon.record('s', ev.stepFinished('i1.1', answer), ev.turnFinished('i1'))
    await shows('ready')
    expect(screen.all().match(/line \d+\./gu)).toEqual(numbers)
  })

  it('takes back what was cut off and says the answer again', async () => {
    const { daemon, type, shows, screen } = await ready()
    type('go\r')
    await shows('go')
    daemon.record('s', ev.turnStarted('i1'), ev.stepStarted('i1', 1, ['i1']))
    daemon.publish('s', ev.delta('i1.1', 0, 'First half,\nand then'))
    await shows('and then')
    daemon.record('s', ev.interrupted('i1.1'), ev.stepStarted('i1', 2))
    await shows('⤺ the answer above was cut off and is withdrawn; it is said again')
    daemon.record('s', ev.stepFinished('i1.2', 'First half,\nand all of it.'), ev.turnFinished('i1'))
    await shows('and all of it.')
    expect(screen.screen()).not.toContain('and then')

    const later = await opened({ daemon })
    await later.shows('and all of it.')
    expect(later.screen.screen()).not.toContain('⤺')
  })

  it('is queued behind while it runs, and what is queued is shown until it begins', async () => {
    const { daemon, type, shows, hides, screen } = await ready()
    type('one\r')
    await shows('one')
    daemon.record('s', ev.turnStarted('i1'), ev.stepStarted('i1', 1, ['i1']))
    await shows('Enter queues')
    type('two\r')
    await shows('queued: two')
    daemon.record(
      's',
      ev.stepFinished('i1.1', 'First.'),
      ev.turnFinished('i1'),
      ev.turnStarted('i2'),
      ev.stepStarted('i2', 1, ['i2']),
    )
    await hides('queued: two')
    expect(screen.screen()).toContain('› two')
  })

  it('is cancelled by ctrl-c, which leaves the typed text alone; a second one clears it', async () => {
    const { daemon, type, shows, hides } = await ready()
    type('one\r')
    await shows('one')
    daemon.record('s', ev.turnStarted('i1'), ev.stepStarted('i1', 1, ['i1']))
    await shows('working')
    type('a draft')
    await shows('> a draft')
    type('\u0003')
    await shows('cancelling…')
    expect(daemon.asked.at(-1)).toBe('cancel s i1')
    await shows('> a draft')
    type('\u0003')
    await hides('a draft')
    daemon.record('s', ev.stepFinished('i1.1', 'Half', [], 'cancelled'), ev.turnFinished('i1', 'cancelled'))
    await shows('✗ cancelled')
    await shows('Half')
  })

  it('says why it failed, and how to mend it', async () => {
    const { daemon, type, shows } = await ready()
    type('one\r')
    await shows('one')
    const fault = { code: 'unauthenticated', message: 'The key was refused.', mend: 'Set OPENAI_API_KEY.' }
    daemon.record('s', ev.turnStarted('i1'), ev.stepStarted('i1', 1, ['i1']), ev.interrupted('i1.1', 'failed'))
    daemon.record('s', ev.turnFinished('i1', 'failed', fault))
    await shows('✗ failed: The key was refused. (Set OPENAI_API_KEY.)')
  })
})

describe('the connection', () => {
  it('when lost is said to be, with the attempt, and typing goes on', async () => {
    const { daemon, type, shows, hides } = await ready()
    daemon.connection({ type: 'connecting', attempt: 3 })
    await shows('connection lost, reconnecting (attempt 3)…')
    type('still here')
    await shows('> still here')
    daemon.connection({ type: 'connected', hello: HELLO })
    await hides('connection lost')
  })

  it('that stays lost says once how to start the daemon, and says so again when it is lost again', async () => {
    const { daemon, shows, screen } = await ready()
    const told = () => screen.all().split(awayHint).length - 1
    for (const attempt of [1, 2, 3]) daemon.connection({ type: 'connecting', attempt })
    await shows('attempt 3')
    expect(told()).toBe(0)
    for (const attempt of [4, 5, 6]) daemon.connection({ type: 'connecting', attempt })
    await shows('attempt 6')
    expect(told()).toBe(1)
    daemon.connection({ type: 'connected', hello: HELLO })
    for (const attempt of [1, 2, 3, 4]) daemon.connection({ type: 'connecting', attempt })
    await shows('attempt 4')
    expect(told()).toBe(2)
  })

  it('that comes back with other walls says so', async () => {
    const { daemon, shows } = await ready()
    daemon.connection({ type: 'connecting', attempt: 1 })
    daemon.connection({
      type: 'connected',
      hello: { ...HELLO, isolation: { tier: 'container', sealed: true, words: [] } },
    })
    await shows('isolation: container, sealed')
  })

  it('that refuses a message says so, and how to mend it', async () => {
    const { daemon, type, shows } = await ready()
    daemon.fail(new Fault('limit_exceeded', 'The message is too long.', { mend: 'Put it into a file.' }))
    type('long\r')
    await shows('✗ not sent: "long": The message is too long.\n  Put it into a file.')
  })
})

describe('the end', () => {
  it.each([
    ['/quit', '/quit\r'],
    ['ctrl-d', '\u0004'],
    ['ctrl-c', '\u0003'],
  ])('by %s says that the daemon keeps running and gives the terminal back', async (_name, keys) => {
    const { type, end, screen, raw } = await ready()
    type(keys)
    await expect(end).resolves.toEqual({ exit: 'quit' })
    expect(screen.screen().endsWith(stopHint)).toBe(true)
    expect(raw).toEqual([true, false])
    expect([...screen.modes].toSorted()).toEqual(['?25', '?7'])
    expect(screen.screen()).not.toContain('ready')
  })

  it('while the daemon is away does not say that it keeps running, but how to start it', async () => {
    const { daemon, type, end, shows, screen } = await ready()
    daemon.connection({ type: 'connecting', attempt: 3 })
    await shows('connection lost')
    type('/quit\r')
    await end
    expect(screen.screen()).not.toContain(stopHint)
    expect(screen.screen().endsWith(awayHint)).toBe(true)
  })

  it('comes when the terminal is closed, and when the caller aborts', async () => {
    const closed = await ready()
    closed.input.end()
    await expect(closed.end).resolves.toEqual({ exit: 'input-closed' })
    const stopped = await ready()
    stopped.controller.abort()
    await expect(stopped.end).resolves.toEqual({ exit: 'aborted' })
    expect(stopped.raw).toEqual([true, false])
  })

  it('comes by SIGTERM, too, and leaves nothing listening', async () => {
    const before = process.listenerCount('SIGTERM')
    const { end, raw } = await ready()
    process.emit('SIGTERM')
    await expect(end).resolves.toEqual({ exit: 'terminated' })
    expect(raw).toEqual([true, false])
    expect(process.listenerCount('SIGTERM')).toBe(before)
  })
})
