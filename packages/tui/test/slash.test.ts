import { Fault } from '@nacre/client'
import { describe, expect, it } from 'vitest'
import * as ev from './support/events.ts'
import { fakeClient } from './support/fake-client.ts'
import { opened, ready } from './support/opened.ts'

/** A session `s` with one finished turn. */
async function talked(more: Parameters<typeof opened>[0] = {}) {
  const daemon = fakeClient()
  daemon.add('s', 'the boat')
  daemon.record('s', ev.queued('a', 'where is the rope?'), ev.turnStarted('a'), ev.stepStarted('a', 1, ['a']))
  daemon.record('s', ev.stepFinished('a.1', 'The red rope is in the shed.'), ev.turnFinished('a'))
  const face = await opened({ ...more, daemon })
  await face.shows('ready')
  return { ...face, daemon }
}

describe('in a session', () => {
  it('/fork goes on in a copy, up to an event or to the end', async () => {
    const { daemon, type, shows } = await talked()
    type('/fork\r')
    await shows('session f2-00000 "the boat"')
    expect(daemon.asked).toEqual(['fork s 12'])
  })

  it('/fork with a number goes on from there', async () => {
    const { daemon, type, shows } = await talked()
    type('/fork 4\r')
    await shows('session f2-00000 "the boat"')
    expect(daemon.asked).toEqual(['fork s 4'])
  })

  it('/rename, /compact and /cancelall say what came of them, or what they asked for', async () => {
    const { daemon, type, shows } = await talked()
    type('/rename the old boat\r')
    await shows('This session is called "the old boat" now.')
    type('/compact\r/cancelall\r')
    await shows('2 sessions were told to stop.')
    expect(daemon.asked).toEqual(['rename s the old boat', 'compact s', 'cancel all'])
  })

  it('/archive puts it away and goes to another', async () => {
    const { daemon, type, shows } = await talked()
    type('/archive\r')
    await shows('Session s "the boat" is put away. /switch s opens it again.')
    await shows('session s1-00000')
    expect(daemon.asked).toEqual(['archive s true', 'create -'])
  })

  it('/model and /agent are chosen from a list or by name, and hold from the next turn on', async () => {
    const { daemon, type, shows, hides } = await talked()
    type('/model\r')
    await shows('cloud/large')
    await shows('200.0k context · $3 / $15 a million tokens')
    type('large\r')
    await shows('From the next turn on: cloud/large.')
    type('/agent\r')
    await shows('Looks things up.')
    type('\u001b')
    await hides('Looks things up.')
    type('/agent researcher\r')
    await shows('From the next turn on: the agent researcher.')
    expect(daemon.asked).toEqual(['select s - cloud/large', 'select s researcher -'])
  })

  it('/compact says so where there is nothing to sum up', async () => {
    const { daemon, type, shows } = await talked()
    type('/compact\r')
    daemon.record('s', { ...ev.queued('c', '/compact'), mode: 'compact' }, ev.turnStarted('c'), ev.turnFinished('c'))
    await shows('(There is too little yet to sum up.)')
  })

  it('a model that may not be selected leads to the list of those that may', async () => {
    const { daemon, type, shows } = await talked()
    daemon.fail(new Fault('not_found', 'No model of that name may be selected here.'))
    type('/model cloud/nothing\r')
    await shows('✗ not changed: No model of that name')
    await shows('/model and /agent alone list what there is.')
  })

  it.each([
    [40, /\n\/export \[markdown\|html\|jsonl\] \[file\]\n {4}write this session into a file\n/u],
    [80, /\n\/export \[markdown\|html\|jsonl\] \[file\]\n {27}write this session into a file\n/u],
    [80, /\n\/usage {21}show tokens/u],
  ])('/help in %i columns has room for what each command does', async (columns, lines) => {
    const { type, shows, screen } = await talked({ columns, rows: 80 })
    type('/help\r')
    await shows('/quit')
    expect(screen.screen()).toMatch(lines)
  })

  it('/usage tells tokens, cost and budgets; what it could not learn it says', async () => {
    const { daemon, type, shows } = await talked()
    type('/usage\r')
    await shows('the day: $0.50 of $20.00')
    daemon.fail(new Fault('unavailable', 'The daemon is away.', { mend: 'Wait.' }))
    type('/usage\r')
    await shows('✗ what was used is not known: The daemon is away.')
  })

  it('/search finds words in all that was said, with the places to fork from', async () => {
    const { type, shows } = await talked()
    type('/search ROPE\r')
    await shows('› where is the rope?')
    await shows('The red rope is in the shed.')
    await shows('/fork <number>')
    type('/search ladder\r')
    await shows('Nobody said "ladder" in this session.')
  })

  it('/export writes it where the person says, and says where that is', async () => {
    const asked: unknown[] = []
    const { type, shows } = await talked({
      place: {
        exportSession: async (...what) => {
          asked.push(what)
          return '/home/alice/boat.html'
        },
      },
    })
    type('/export html boat.html\r')
    await shows('The session is in /home/alice/boat.html.')
    expect(asked).toEqual([['s', 'html', 'boat.html']])
  })
})

describe('at the prompt', () => {
  it('@ offers the files of the workspace, and Tab writes one', async () => {
    const asked: string[] = []
    const files = async (workspace: string, prefix: string) => {
      asked.push(`${workspace} ${prefix}`)
      return ['notes.md', 'nodes/']
    }
    const { type, shows } = await ready({ place: { files } })
    type('read @no')
    await shows('notes.md')
    type('\u001b[B\t')
    await shows('> read @nodes/')
    expect(asked[0]).toBe('/home/alice/shared no')
  })

  it('a file that is dropped is attached, stored and sent along', async () => {
    const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0])
    const { daemon, type, shows } = await ready({
      place: {
        attachable: { home: '/home/alice', fileAt: async () => ({ sizeBytes: 120_000, head: png }) },
        readFile: async () => png,
      },
    })
    type("\u001b[200~'/home/alice/my cat.png'\u001b[201~")
    await shows('[image 1: my cat.png, 120 KB]')
    type('what is this?\r')
    await shows('queued:')
    expect(daemon.asked[0]).toBe('blob image/png 12')
    expect(daemon.asked[1]).toMatch(
      /^send s \[.*"text":"\[image 1: my cat.png, 120 KB\]what is this\?".*"mediaType":"image\/png"/u,
    )
  })

  it('a path that is no picture stays text', async () => {
    const { type, shows } = await ready()
    type('\u001b[200~/etc/hosts\u001b[201~')
    await shows('> /etc/hosts')
  })

  it('the image on the clipboard is attached, and where there is none it says so', async () => {
    const { type, shows } = await ready({ place: { clipboardImage: async () => undefined } })
    type('\u0016')
    await shows('There is no image on the clipboard')
  })

  it("a person's own editor writes the message, and one that is left without saving changes nothing", async () => {
    let written: string | undefined = 'two\nlines\n'
    const given: string[] = []
    const edit = async (text: string) => {
      given.push(text)
      return written
    }
    const { type, shows, raw, daemon } = await ready({ place: { edit } })
    type('a draft\u0007')
    await shows('> two\n  lines')
    written = undefined
    type('\u0007')
    type('!\r')
    await shows('queued: two lines!')
    expect(given).toEqual(['a draft', 'two\nlines'])
    // The terminal was the editor's meanwhile.
    expect(raw).toEqual([true, false, true, false, true])
    expect(daemon.asked).toEqual(['send s two\nlines!'])
  })

  it('ctrl-r searches what was sent', async () => {
    const { type, shows, hides } = await ready({
      place: { history: { load: async () => ['from yesterday', 'another day'], add: async () => undefined } },
    })
    type('\u0012yest')
    await shows('Sent before (1 of 2): yest')
    type('\r')
    await shows('> from yesterday')
    await hides('Sent before')
  })

  it('ctrl-s steers into the turn that runs', async () => {
    const { daemon, type, shows } = await ready()
    type('go\r')
    await shows('queued: go')
    daemon.record('s', ev.turnStarted('i1'), ev.stepStarted('i1', 1, ['i1']))
    await shows('ctrl-s steers')
    type('the other way\u0013')
    await shows('queued: the other way')
    expect(daemon.asked.at(-1)).toBe('steer s the other way')
  })

  it('what was sent is remembered for the next time, and recalled', async () => {
    const { type, shows } = await ready({
      place: { history: { load: async () => ['from yesterday'], add: async () => undefined } },
    })
    type('\u001b[A')
    await shows('> from yesterday')
  })
})
