import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../dist/commands.js'
import { textWidth } from '../dist/drawn/width.js'
import type { Sources } from '../dist/typed/candidates.js'
import {
  answered,
  type Completion,
  inMenu,
  isOpen,
  menuRows,
  NO_COMPLETION,
  refreshed,
} from '../dist/typed/completion.js'
import { type Editor, EMPTY_EDITOR, edit } from '../dist/typed/editor.js'
import { fuzzyScore, ranked } from '../dist/typed/fuzzy.js'

const item = (id: string, label = id, note = '') => ({ id, label, note })
const sources: Sources = {
  commands: [...COMMANDS],
  sessions: [item('3f2a91c4', '3f2a91c4', 'first steps'), item('77aa0011', '77aa0011', 'taxes')],
  models: [item('ollama/gpt-oss'), item('openai/gpt-5'), item('anthropic/claude')],
  agents: [item('default'), item('researcher', 'researcher', 'reads the web')],
}
type State = { readonly editor: Editor; readonly completion: Completion }

/** The menu after `text` was typed at once, with no answer from anybody yet. */
function typed(text: string, from: State = { editor: EMPTY_EDITOR, completion: NO_COMPLETION }) {
  const editor = edit(from.editor, { type: 'insert', text })
  return { editor, ...refreshed(from.completion, editor, sources) }
}
const labels = ({ completion }: State) => completion.candidates.map(({ label }) => label)
const act = (state: State, action: Parameters<typeof inMenu>[2]): State => {
  const next = inMenu(state.completion, state.editor, action)
  if (next === undefined) throw new Error(`${action} is not the menu's`)
  return { editor: next.editor, completion: refreshed(next.completion, next.editor, sources).completion }
}

describe('a command', () => {
  it('is completed by name, with what it does, at the start of the text only', () => {
    expect(labels(typed('/'))).toHaveLength(sources.commands.length)
    expect(labels(typed('/sw'))).toEqual(['/switch <prefix>'])
    expect(typed('/sw').completion.candidates[0]?.note).toMatch(/^go to the session/u)
    expect(labels(typed(' /sw'))).toEqual([])
    expect(labels(typed('a\n/sw'))).toEqual([])
    expect(labels(typed('/nothingatall'))).toEqual([])
  })

  it.each([
    ['/switch ', ['3f2a91c4', '77aa0011']],
    ['/switch tax', ['77aa0011']],
    ['/model gpt5', ['openai/gpt-5']],
    ['/agent web', ['researcher']],
    ['/export ', ['markdown', 'html', 'jsonl']],
    ['/export html', []],
    ['/help ', ['keys']],
    ['/usage ', []],
    ['/nothing ', []],
  ])('%j offers %j', (text, offered) => {
    expect(labels(typed(text))).toEqual(offered)
  })

  it('is written by Tab, and its argument is offered next', () => {
    const state = act(typed('/swi'), 'complete')
    expect(state.editor.text).toBe('/switch ')
    expect(labels(state)).toEqual(['3f2a91c4', '77aa0011'])
    expect(act(act(state, 'down'), 'complete').editor.text).toBe('/switch 3f2a91c4')
    expect(act(act(state, 'up'), 'submit').editor.text).toBe('/switch 77aa0011')
  })

  it('is sent by Enter as it stands, unless a candidate was gone to', () => {
    const { completion, editor } = typed('/s')
    expect(inMenu(completion, editor, 'submit')).toBeUndefined()
    expect(act(act({ completion, editor }, 'down'), 'submit').editor.text).toMatch(/^\/\w+ ?$/u)
  })

  it('shows its menu no more once it was closed, until something else is written', () => {
    const closed = act(typed('/s'), 'cancel')
    expect(isOpen(closed.completion)).toBe(false)
    expect(inMenu(closed.completion, closed.editor, 'up')).toBeUndefined()
    expect(isOpen(typed('w', closed).completion)).toBe(false)
    expect(isOpen(typed('witch ', closed).completion)).toBe(true)
  })
})

describe('a file', () => {
  it('behind an @ is asked for, and what is found is offered, the likeliest first', () => {
    const state = typed('look at @src/ed')
    expect(state.ask).toEqual({ request: 1, query: 'src/ed' })
    const completion = answered(state.completion, 1, ['src/needed.ts', 'src/editor.ts', 'src/ed/'])
    expect(labels({ ...state, completion })).toEqual(['src/ed/', 'src/editor.ts', 'src/needed.ts'])
    const second = act(act({ ...state, completion }, 'down'), 'down')
    expect(act(second, 'complete').editor.text).toBe('look at @src/editor.ts ')
  })

  it('is not looked for in an address, and not behind what is no gap', () => {
    expect(typed('me@example').ask).toBeUndefined()
    expect(typed('(@example').ask).toBeDefined()
    expect(typed('@').ask).toEqual({ request: 1, query: '' })
  })

  it('that is a folder goes on, and with a blank in its name is quoted', () => {
    const folder = typed('@my')
    const found = answered(folder.completion, 1, ['my files/', 'mine.txt'])
    const inside = act({ ...folder, completion: found }, 'complete')
    expect(inside.editor.text).toBe('@"my files/')
    const state = typed('a', inside)
    expect(state.ask?.query).toBe('my files/a')
    const last = answered(state.completion, state.ask?.request ?? 0, ['my files/a b.txt'])
    expect(act({ ...state, completion: last }, 'complete').editor.text).toBe('@"my files/a b.txt" ')
  })

  it('found for an older question is nothing', () => {
    const first = typed('@a')
    const second = typed('b', first)
    expect(second.ask?.request).toBe(2)
    expect(answered(second.completion, 1, ['ab.txt'])).toBe(second.completion)
    expect(labels({ ...second, completion: answered(second.completion, 2, ['ab.txt']) })).toEqual(['ab.txt'])
    const gone = typed(' ', second)
    expect(answered(gone.completion, 2, ['ab.txt']).candidates).toEqual([])
    expect(typed('@a', gone).ask?.request).toBe(3)
  })

  it('is asked for once, and shown meanwhile as far as it was found before', () => {
    const first = typed('@a')
    const found = { ...first, completion: answered(first.completion, 1, ['ab.txt', 'ac.txt']) }
    expect(refreshed(found.completion, found.editor, sources).ask).toBeUndefined()
    const second = typed('b', found)
    expect(second.ask).toEqual({ request: 2, query: 'ab' })
    expect(labels(second)).toEqual(['ab.txt'])
  })

  it('with a name that could do harm is not offered, and there is a bound', () => {
    const { completion } = typed('@')
    expect(answered(completion, 1, ['a\u001b[2J', 'b"c', 'd\ne', 'x'.repeat(500)]).candidates).toEqual([])
    const many = Array.from({ length: 20_000 }, (_, n) => `file-${n}`)
    expect(answered(completion, 1, many).candidates).toHaveLength(100)
  })
})

describe('a menu', () => {
  it('stands in rows that fit, with the selected one among them', () => {
    const size = fc.record({ width: fc.integer({ min: 12, max: 120 }), most: fc.integer({ min: 1, max: 9 }) })
    fc.assert(
      fc.property(size, fc.integer({ min: 0, max: 30 }), ({ width, most }, downs) => {
        let state: State = typed('/')
        for (let left = downs; left > 0; left--) state = act(state, 'down')
        const rows = menuRows(state.completion, width, most)
        expect(rows.length).toBeLessThanOrEqual(most)
        for (const { text } of rows) expect(textWidth(text)).toBeLessThanOrEqual(width)
        expect(rows.filter(({ text }) => text.startsWith('❯'))).toHaveLength(downs === 0 ? 0 : 1)
      }),
    )
  })

  it('says in its last row how many candidates there are besides those that are shown', () => {
    const { completion } = typed('/')
    expect(menuRows(completion, 80, 8)).toHaveLength(8)
    expect(menuRows(completion, 80, 8).at(-1)?.text).toBe(`  … ${COMMANDS.length - 7} more`)
    expect(menuRows(completion, 80, COMMANDS.length).at(-1)?.text).toContain('/quit')
  })

  it('goes around', () => {
    const state = typed('/export ')
    expect(act(state, 'up').completion.at).toBe(2)
    expect(act(act(state, 'up'), 'down').completion.at).toBe(0)
    expect(act(act(state, 'up'), 'complete_previous').completion.at).toBe(1)
  })
})

describe('ranking', () => {
  it('keeps exactly the texts that hold every word of the query, its characters in order', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'C', '/', ' '), maxLength: 12 })
    fc.assert(
      fc.property(text, text, (query, candidate) => {
        const holds = query
          .toLowerCase()
          .split(/\s+/u)
          .every((word) => new RegExp([...word].join('.*'), 'su').test(candidate.toLowerCase()))
        expect(fuzzyScore(query, candidate) !== undefined).toBe(holds)
      }),
    )
  })

  it.each([
    ['ed', ['needed', 'editor'], 'editor'],
    ['tui', ['t/u/i', 'packages/tui/index.ts'], 'packages/tui/index.ts'],
    ['pck', ['apxcxk', 'picker'], 'picker'],
    ['key', ['monkey.ts', 'src/keys.ts'], 'src/keys.ts'],
    ['keys', ['src/keys.test.ts', 'src/keys.ts'], 'src/keys.ts'],
  ])('%s means among %j first %s', (query, texts, first) => {
    expect(ranked(query, texts, (text) => text)[0]).toBe(first)
  })

  it('of nothing leaves the order', () => {
    expect(ranked(' ', ['b', 'a'], (text) => text)).toEqual(['b', 'a'])
  })
})
