import { describe, expect, it } from 'vitest'
import { PASTE_LIMIT } from '../dist/typed/paste-buffer.js'
import * as ev from './support/events.ts'
import { ready } from './support/opened.ts'

const pasted = (text: string) => `\u001b[200~${text}\u001b[201~`

describe('at the prompt', () => {
  it('more lines are begun by Alt-Enter and ctrl-j, and sent together', async () => {
    const { daemon, type, shows } = await ready()
    type('one\u001b\rtwo\nthree')
    await shows('> one\n  two\n  three')
    type('\r')
    await shows('waiting to begin')
    expect(daemon.asked).toEqual(['send s one\ntwo\nthree'])
  })

  it('a large paste stands as a label, is deleted as one, and is sent in full', async () => {
    const { daemon, type, shows, hides } = await ready()
    const text = Array.from({ length: 1234 }, (_, n) => `line ${n}`).join('\n')
    type(pasted(text))
    await shows('> [paste 1: 1,234 lines]')
    type('\u007f')
    await hides('[paste 1')
    type(`see ${pasted(text)}\r`)
    await shows('waiting to begin')
    expect(daemon.asked).toEqual([`send s see ${text}`])
  })

  it('a paste of 5 MB can be typed behind', async () => {
    const { type, shows } = await ready()
    type(pasted('0123456789\n'.repeat(500_000)))
    await shows('> [paste 1: 500,001 lines]')
    type(' and so on')
    await shows('[paste 1: 500,001 lines] and so on')
  })

  it('a paste that is too long is not inserted in part, and it is said how to mend that', async () => {
    const { type, shows, screen } = await ready()
    type(pasted('x'.repeat(PASTE_LIMIT + 1)))
    await shows('✗ not inserted: it is too long. Put it into a file, and name that.')
    expect(screen.screen()).not.toContain('[paste')
  })

  it('what was killed comes back by ctrl-y, and what was undone by alt-z', async () => {
    const { type, shows, hides } = await ready()
    type('one two\u0017')
    await shows('> one')
    await hides('one two')
    type('\u0019\u0019')
    await shows('> one twotwo')
    type('\u001f')
    await hides('twotwo')
    type('\u001bz')
    await shows('twotwo')
  })

  it('Escape alone cancels the running turn, once, and leaves what is typed', async () => {
    const { daemon, type, shows } = await ready()
    type('one\r')
    await shows('one')
    daemon.record('s', ev.turnStarted('i1'), ev.stepStarted('i1', 1, ['i1']))
    await shows('working')
    type('a draft')
    type('\u001b')
    await shows('cancelling…')
    await shows('> a draft')
    expect(daemon.asked.at(-1)).toBe('cancel s i1')
  })
})
