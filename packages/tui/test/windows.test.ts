import { describe, expect, it } from 'vitest'
import * as ev from './support/events.ts'
import { fakeClient } from './support/fake-client.ts'
import { opened, ready } from './support/opened.ts'

describe('two windows on one session', () => {
  it('show each what the other one sends, and keep what is being typed apart', async () => {
    const daemon = fakeClient()
    const one = await ready({ daemon })
    const two = await opened({ daemon, session: 's' })
    await two.shows('ready')
    two.type('a draft of my own')
    await two.shows('> a draft')
    one.type('hello from one\r')
    await two.shows('queued: hello from one')
    daemon.record('s', ev.turnStarted('i1'), ev.stepStarted('i1', 1, ['i1']))
    daemon.record('s', ev.stepFinished('i1.1', 'Hello both.'), ev.turnFinished('i1'))
    for (const window of [one, two]) {
      await window.shows('Hello both.')
      expect(window.screen.all().split('› hello from one')).toHaveLength(2)
    }
    expect(two.screen.screen()).toContain('> a draft of my own')
    expect(one.screen.screen()).not.toContain('a draft')
  })

  it('ask both, and what was answered in one is withdrawn in the other, where a late y does nothing', async () => {
    const daemon = fakeClient()
    const one = await ready({ daemon })
    const two = await opened({ daemon, session: 's' })
    await two.shows('ready')
    daemon.record('s', ev.queued('t', 'go'), ev.turnStarted('t'), ev.stepStarted('t', 1, ['t']))
    daemon.record('s', ev.stepFinished('t.1', '', [{ name: 'shell_exec', args: { command: 'ls' } }]))
    daemon.record('s', ev.approvalRequested('t.1.0', 'shell_exec'))
    for (const window of [one, two]) await window.shows('Allow this? type y or n')
    two.type('y')
    await two.shows('> y')
    one.type('n\r')
    await two.hides('Allow this?')
    two.type('\r')
    await two.shows('Another call asks now')
    expect(daemon.asked).toEqual(['deny s t.1.0'])
  })
})

describe('joining a session of 10,000 messages', () => {
  it('asks for its last page only, and for the first screen nothing else', async () => {
    const daemon = fakeClient()
    daemon.add('s')
    for (let n = 1; n <= 5000; n++) {
      daemon.record('s', ev.queued(`t${n}`, `Question ${n}`), ev.turnStarted(`t${n}`))
      daemon.record('s', ev.stepStarted(`t${n}`, 1, [`t${n}`]), ev.stepFinished(`t${n}.1`, `Answer ${n}.`))
      daemon.record('s', ev.turnFinished(`t${n}`))
    }
    const started = performance.now()
    const { shows, screen } = await opened({ daemon })
    await shows('ready')
    process.stdout.write(`joined 10,000 messages in ${Math.round(performance.now() - started)} ms\n`)
    expect(daemon.pages).toEqual([{ turns: 20 }])
    expect(screen.screen()).toContain('Answer 5000.')
    expect(screen.all().match(/Answer \d+\./gu)).toHaveLength(20)
  })
})
