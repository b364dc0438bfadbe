import { Fault } from '@nacre/client'
import { describe, expect, it } from 'vitest'
import * as ev from './support/events.ts'
import { fakeClient } from './support/fake-client.ts'
import { ready } from './support/opened.ts'

describe('an approval', () => {
  async function asking(calls = [{ name: 'shell_exec', args: { command: 'npm test' } }]) {
    const face = await ready()
    face.type('test it\r')
    await face.shows('test it')
    const { daemon } = face
    daemon.record('s', ev.turnStarted('i1'), ev.stepStarted('i1', 1, ['i1']), ev.stepFinished('i1.1', '', calls))
    daemon.record('s', ev.approvalRequested('i1.1.0', 'shell_exec'))
    await face.shows('Allow this? type y or n')
    return face
  }

  it('shows the call and has no answer of its own: Enter alone does nothing', async () => {
    const { daemon, type, shows, screen } = await asking()
    expect(screen.screen()).toContain('● shell_exec $ npm test\nshell_exec is privileged.\nAllow this?')
    type('\r\r')
    type('maybe')
    await shows('> maybe')
    expect(daemon.asked).toEqual(['send s test it'])
  })

  it.each([
    ['y', 'approve'],
    ['no', 'deny'],
    ['/approve', 'approve'],
    ['/approve always', 'approve'],
    ['/deny', 'deny'],
  ])('is answered by %s', async (typed, verdict) => {
    const { daemon, type, hides } = await asking()
    type(`${typed}\r`)
    await hides('Allow this?')
    const scope = typed.includes('always') ? ' always' : ''
    expect(daemon.asked.at(-1)).toBe(`${verdict} s i1.1.0${scope}`)
    await hides('your answer is on its way')
  })

  it('leaves other text to the queue', async () => {
    const { daemon, type, shows } = await asking()
    type('yes, but be careful\r')
    await shows('queued: yes, but be careful')
    await shows('Allow this?')
    expect(daemon.asked.at(-1)).toBe('send s yes, but be careful')
  })

  it('stands right below the call that it is about, and not below one that comes later', async () => {
    const { screen } = await asking([
      { name: 'shell_exec', args: { command: 'npm test' } },
      { name: 'shell_exec', args: { command: 'rm -rf dist' } },
    ])
    expect(screen.screen()).toContain('npm test\nshell_exec is privileged.\nAllow this?')
    expect(screen.screen()).not.toContain('rm -rf dist')
  })

  it('asks for one call after the other, and never takes the answer to one for the next', async () => {
    const call = { name: 'shell_exec', args: { command: 'npm test' } }
    const { daemon, type, shows, hides } = await asking([
      call,
      { name: 'shell_exec', args: { command: 'rm -rf dist' } },
    ])
    type('y')
    await shows('> y')
    daemon.record(
      's',
      ev.approvalResolved('i1.1.0', 'approved'),
      ev.toolStarted('i1.1.0', 'shell_exec'),
      ev.toolFinished('i1.1.0', 'ok'),
    )
    daemon.record('s', ev.approvalRequested('i1.1.1', 'shell_exec'))
    await shows('rm -rf dist\nshell_exec is privileged.')
    type('\r')
    await shows('Another call asks now')
    expect(daemon.asked).toEqual(['send s test it'])
    type('n\r')
    await hides('Allow this?')
    expect(daemon.asked.at(-1)).toBe('deny s i1.1.1')
  })

  it('asks again, with the reason, when the answer did not arrive', async () => {
    const { daemon, type, shows } = await asking()
    daemon.fail(new Fault('unavailable', 'The daemon is shutting down.', { mend: 'Start it again.' }))
    type('y\r')
    await shows('✗ your answer was not taken: The daemon is shutting down.\n  Start it again.')
    await shows('Allow this?')
  })
})

describe('commands', () => {
  it('that do not exist are not sent, and the nearest is named', async () => {
    const { daemon, type, shows } = await ready()
    type('/sesions\r')
    await shows('✗ "/sesions" is no command, and was not sent. Did you mean /sessions?')
    expect(daemon.asked).toEqual([])
  })

  it('that are pasted in several lines are not sent either', async () => {
    const { daemon, type, shows } = await ready()
    type('\u001b[200~/etc/passwd\nis a file\u001b[201~\r')
    await shows('"/etc/passwd" is no command')
    expect(daemon.asked).toEqual([])
  })

  it('/new begins a session, and what was typed meanwhile goes there', async () => {
    const { daemon, type, shows } = await ready()
    type('/new second one\rhello there\r')
    await shows('session s2-00000 "second one"')
    await shows('hello there')
    expect(daemon.asked).toEqual(['create second one', 'send s2-00000000 hello there'])
    expect(daemon.watchers('s')).toBe(0)
  })

  it('/switch goes to another session and shows it; /sessions lists them to choose from', async () => {
    const daemon = fakeClient()
    daemon.add('alpha', 'one')
    const { type, shows, hides, screen } = await ready({ daemon })
    type('/switch al\r')
    await shows('session alpha "one"')
    expect(screen.screen().split('NOT SEALED YET')).toHaveLength(3)
    type('/sessions\r')
    await shows('alpha · this one')
    type('\u001b')
    await shows('ready')
    await hides('this one')
  })

  it('/switch to nowhere stays, says why, and sends nothing to the wrong session', async () => {
    const { daemon, type, shows } = await ready()
    type('/switch nowhere\rdelete everything\r')
    await shows('✗ the session was not opened: No session begins with nowhere.\n  /sessions lists them.')
    await shows('those that were put away: runner sessions --archived')
    await shows('✗ not sent: "delete everything"')
    type('/new\r')
    await shows('session s2')
    expect(daemon.asked).toEqual(['create -'])
  })

  it('/cancel with nothing to cancel says so, /status and /help answer', async () => {
    const { type, shows } = await ready({ rows: 60 })
    type('/cancel\r')
    await shows('Nothing is running.')
    type('/status\r')
    await shows('daemon: healthy, 1 session,')
    type('/help\r')
    await shows('/switch <prefix>')
  })
})

describe('a question of the agent', () => {
  async function questioned(more: object) {
    const face = await ready()
    face.type('go\r')
    await face.shows('go')
    const call = { name: 'ask_user', args: { question: 'Which way?' } }
    face.daemon.record('s', ev.turnStarted('i1'), ev.stepStarted('i1', 1, ['i1']), ev.stepFinished('i1.1', '', [call]))
    face.daemon.record('s', ev.questionAsked('i1.1.0', 'Which way?', more))
    return face
  }

  it('is shown with its choices, and a number stands for the choice of that number', async () => {
    const { daemon, type, shows } = await questioned({ choices: ['north', 'south'] })
    await shows('2. south')
    await shows('Type your answer and press Enter')
    type('2\r')
    await shows('your answer is on its way')
    expect(daemon.asked.at(-1)).toBe('answer s i1.1.0 south')
  })

  it('that comes while a message is being typed is not answered by it', async () => {
    const { daemon, type, shows } = await ready()
    type('go\r')
    await shows('go')
    type('also look at')
    await shows('also look at')
    const call = { name: 'ask_user', args: { question: 'Delete all?' } }
    daemon.record('s', ev.turnStarted('i1'), ev.stepStarted('i1', 1, ['i1']), ev.stepFinished('i1.1', '', [call]))
    daemon.record('s', ev.questionAsked('i1.1.0', 'Delete all?', {}))
    await shows('Delete all?')
    type(' the logs\r')
    await shows('queued: also look at the logs')
    expect(daemon.asked.at(-1)).toBe('send s also look at the logs')
    type('no, keep them\r')
    await shows('your answer is on its way')
    expect(daemon.asked.at(-1)).toBe('answer s i1.1.0 no, keep them')
  })

  it('that a delegate has to answer is not asked of the person: what they type is queued', async () => {
    const { daemon, type, shows, screen } = await questioned({ delegate: { agent: 'researcher' } })
    await shows('researcher is at work')
    await shows('waiting for researcher')
    daemon.record('s', ev.notice('The delegate researcher waits for you'))
    await shows('! The delegate researcher waits for you')
    type('hello\r')
    await shows('queued: hello')
    expect(daemon.asked.at(-1)).toBe('send s hello')
    expect(screen.screen()).not.toContain('Type your answer')
  })
})

it('a step that sums up shows that it does, and nothing of what it says', async () => {
  const { daemon, type, shows, screen } = await ready()
  type('go\r')
  await shows('go')
  const summing = { ...ev.stepStarted('i1', 1), compacts: 'i0.1' }
  daemon.record('s', ev.turnStarted('i1'), summing)
  await shows('summing up')
  daemon.record('s', ev.stepFinished('i1.1', 'SECRET SUMMARY'))
  await shows('was summed up')
  expect(screen.screen()).not.toContain('SECRET SUMMARY')
})
