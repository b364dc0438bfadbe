import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { verdictOf } from '../dist/approval.js'
import { COMMANDS, parseCommand } from '../dist/commands.js'
import { edits } from '../dist/typed/nearest.js'

describe('a command', () => {
  it.each([
    ['/new', { type: 'new', title: '' }],
    ['/new  my notes ', { type: 'new', title: 'my notes' }],
    ['/switch 3f2a', { type: 'switch', prefix: '3f2a' }],
    ['/switch', { type: 'misused', usage: '/switch <prefix>' }],
    ['/quit now', { type: 'misused', usage: '/quit takes nothing behind it' }],
    ['/sesions', { type: 'unknown', typed: '/sesions', nearest: '/sessions' }],
    ['/Quit', { type: 'unknown', typed: '/Quit', nearest: '/quit' }],
    ['/s', { type: 'unknown', typed: '/s', nearest: '/sessions' }],
    ['/etc/hosts is a file', { type: 'unknown', typed: '/etc/hosts' }],
    ['/', { type: 'unknown', typed: '/' }],
  ])('%j', (typed, parsed) => {
    expect(parseCommand(typed)).toMatchObject(parsed)
  })

  it.each([
    ['/fork', { type: 'fork', upTo: undefined }],
    ['/fork 120', { type: 'fork', upTo: 120 }],
    ['/fork here', { type: 'misused', usage: '/fork [seq]' }],
    ['/rename the boat', { type: 'rename', title: 'the boat' }],
    ['/rename', { type: 'misused', usage: '/rename <name>' }],
    ['/model', { type: 'model', name: '' }],
    ['/model cloud/large', { type: 'model', name: 'cloud/large' }],
    ['/agent researcher', { type: 'agent', name: 'researcher' }],
    ['/search red rope', { type: 'search', text: 'red rope' }],
    ['/search', { type: 'misused', usage: '/search <words>' }],
    ['/export', { type: 'export', format: 'markdown', path: undefined }],
    ['/export html out dir/a.html', { type: 'export', format: 'html', path: 'out dir/a.html' }],
    ['/export pdf', { type: 'misused', usage: '/export [markdown|html|jsonl] [file]' }],
    ['/help', { type: 'help', about: 'commands' }],
    ['/help keys', { type: 'help', about: 'keys' }],
  ])('%j', (typed, parsed) => {
    expect(parseCommand(typed)).toEqual(parsed)
  })

  const alone = COMMANDS.filter(({ argument }) => argument === '').map(({ name }) => name)
  it.each(alone)('/%s stands alone', (name) => {
    expect(parseCommand(`/${name}`)).toEqual({ type: name })
    expect(parseCommand(`/${name} now`)).toMatchObject({ type: 'misused' })
  })

  it('/approve says for how long', () => {
    expect(parseCommand('/approve')).toEqual({ type: 'approve', scope: 'once' })
    expect(parseCommand('/approve session')).toEqual({ type: 'approve', scope: 'session' })
    expect(parseCommand('/approve always')).toEqual({ type: 'approve', scope: 'always' })
    expect(parseCommand('/approve all')).toMatchObject({ type: 'misused' })
  })

  it('is every line that begins with a slash, and no other', () => {
    fc.assert(fc.property(fc.string(), (text) => (parseCommand(text) === undefined) === !text.startsWith('/')))
    expect(parseCommand(' /help')).toBeUndefined()
  })

  it('that does not exist is told the nearest by a true distance', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 })
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(edits(a, b)).toBe(edits(b, a))
        expect(edits(a, b) === 0).toBe(a === b)
        expect(edits(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length))
      }),
    )
    expect(edits('swicth', 'switch')).toBe(1)
  })
})

describe('a verdict', () => {
  it('is a bare word and nothing else', () => {
    expect(['y', 'YES', ' n ', 'no'].map(verdictOf)).toEqual(['approve', 'approve', 'deny', 'deny'])
    for (const text of ['', ' ', 'yes please', 'ok', 'nope', 'y n', 'yy']) expect(verdictOf(text)).toBeUndefined()
  })
})
