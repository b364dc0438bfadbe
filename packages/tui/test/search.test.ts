import type { Client } from '@nacre/client'
import { describe, expect, it } from 'vitest'
import { search } from '../dist/search.js'
import * as ev from './support/events.ts'
import { fakeClient } from './support/fake-client.ts'

type Page = Awaited<ReturnType<Client['history']>>

/** A session of so many pages, asked for from its end; `asked` is before which event each was asked. */
function paged(pages: readonly (readonly ev.Event[])[]) {
  const asked: (number | undefined)[] = []
  const { client, add } = fakeClient()
  const { session } = add('s')
  const history: Client['history'] = async (_session, { before }) => {
    asked.push(before)
    const index = before === undefined ? pages.length - 1 : before / 1000 - 1
    const events = (pages[index] ?? []).map((event, n) => ({ ...event, seq: index * 1000 + n, at: 0, v: 1 }))
    const page: Page = { events, ...(index > 0 && { before: index * 1000 }) }
    return page
  }
  const found = async (words: string) => (await search({ ...client, history }, session, words)).map(({ text }) => text)
  return { asked, found }
}
const say = (...texts: readonly string[]) => texts.map((text, n) => ev.stepFinished(`t.${n}`, text))

describe('a search', () => {
  it('goes through every page to the beginning, and tells what it found oldest first', async () => {
    const { found, asked } = paged([say('a needle first'), say('hay'), say('hay', 'Another NEEDLE')])
    const lines = await found('needle')
    expect(asked).toEqual([undefined, 2000, 1000])
    expect(lines.filter((text) => /needle/iu.test(text))).toEqual([
      expect.stringMatching(/^ {5}0 1970-01-01 00:00 {3}a needle first$/u),
      expect.stringMatching(/^ {2}2001 .* Another NEEDLE$/u),
    ])
    expect(lines.at(-1)).toContain('/fork <number>')
  })

  it('stops at fifty places, says so, and asks for no more pages', async () => {
    const many = say(...Array.from({ length: 60 }, (_, n) => `needle ${n}`))
    const { found, asked } = paged([say('needle at the start'), many])
    const lines = await found('needle')
    expect(asked).toEqual([undefined])
    expect(lines.filter((text) => text.includes('needle'))).toHaveLength(50)
    expect(lines.join('\n')).toContain('(the newest 50 places)')
    expect(lines.join('\n')).toContain('needle 59')
    expect(lines.join('\n')).not.toContain('needle 9\n')
  })

  it('finds what a person, the model and a tool said, shows the words around, and nothing that moves a cursor', async () => {
    const { found } = paged([
      [
        ev.queued('i', 'is there a needle?'),
        ev.toolFinished('t.1.0', `${'x'.repeat(100)} needle \u001b[2J${'y'.repeat(100)}`),
        ...say('no\nneedle here'),
      ],
    ])
    const lines = (await found('needle')).filter((text) => text.includes('needle'))
    expect(lines).toHaveLength(3)
    expect(lines[1]).toMatch(/│ …x{59} needle y{53,59}…$/u)
    expect(lines.join('\n').replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
  })

  it('says so where nobody said it', async () => {
    const { found } = paged([say('hay')])
    expect(await found('needle')).toEqual(['Nobody said "needle" in this session.'])
  })
})
