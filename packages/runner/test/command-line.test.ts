import { describe, expect, test } from 'vitest'
import { help } from '../src/command-line/help.js'
import { parse } from '../src/command-line/parse.js'
import { COMMANDS } from '../src/command-line/table.js'
import { wrongUsage } from '../src/command-line/wrong-usage.js'

const words = (line: string) => line.split(' ').filter(Boolean)
const said = (line: string) => {
  const parsed = parse(words(line))
  return parsed.type === 'run' ? { name: parsed.command.name, words: parsed.words, flags: parsed.flags } : parsed
}
const mendOf = (line: string) => {
  const parsed = parse(words(line))
  if (parsed.type !== 'wrong') throw new Error(`${line} was understood`)
  const { code, message, mend } = wrongUsage(parsed, 'runner')
  return { code, message, mend }
}

describe('a command line', () => {
  test('may have its flags before the command and after it', () => {
    const expected = { name: 'status', words: [], flags: { json: true, user: 'ada' } }
    expect(said('--user ada status --json')).toMatchObject(expected)
    expect(said('status --json --user=ada')).toMatchObject(expected)
  })

  test('--tui and --first-run are commands, and take no other', () => {
    expect(said('--tui --session 4f')).toMatchObject({ name: '--tui', flags: { session: '4f' } })
    expect(said('--first-run')).toMatchObject({ name: '--first-run' })
    expect(mendOf('--tui status').message).toContain("'status'")
  })

  test('behind -- everything is a word, and a lone - is one', () => {
    expect(said('ask -- --yes')).toMatchObject({ words: ['--yes'], flags: { yes: false } })
    expect(said('ask -')).toMatchObject({ words: ['-'] })
  })

  test.each([
    ['strat', 'start'],
    ['status --jsno', '--json'],
    ['status --follow', '--help'],
    ['usage --by dya', 'day'],
    ['catalog shwo', 'show'],
  ])('`%s` is refused, and told of %s', (line, meant) => {
    expect(mendOf(line)).toMatchObject({ code: 'invalid_input', mend: expect.stringContaining(meant) })
  })

  test.each([
    ['status now', "takes no 'now'"],
    ['config show budget.day_usd', "'config get budget.day_usd' shows that one"],
    ['catalog', 'say which'],
    ['ask --timeout soon x', 'whole number from 1'],
    ['ask --timeout 0 x', 'whole number from 1'],
    ['ask --timeout 86401 x', 'to 86400'],
    ['ask --session', 'needs a value: ID'],
    ['ask --session --json', 'needs a value: ID'],
    ['status --json=yes', 'takes no value'],
    ['status -x', 'no flag -x'],
  ])('`%s` is refused: %s', (line, why) => {
    const { message, mend } = mendOf(line)
    expect(message).toContain(why)
    expect(mend).toMatch(/See: runner .*--help/)
  })

  test.each([
    ['ask --timeout soon x', 'See: runner ask --help'],
    ['config set --flie x a b', 'See: runner config set --help'],
    ['--frob', 'See: runner --help'],
  ])('`%s` is told of the help of what was typed: %s', (line, see) => {
    expect(mendOf(line).mend).toContain(see)
  })

  test('--help is of all, of a group, of a command; nothing at all asks for it too', () => {
    expect(said('')).toEqual({ type: 'help' })
    expect(said('--help')).toEqual({ type: 'help' })
    expect(said('catalog -h')).toEqual({ type: 'help', about: 'catalog' })
    expect(said('--help ask')).toEqual({ type: 'help', about: 'ask' })
    expect(said('--tui --help')).toEqual({ type: 'help', about: '--tui' })
  })
})

describe('the table of commands', () => {
  test('has every name once, and each example is understood as the command that it shows', () => {
    expect(new Set(COMMANDS.map(({ name }) => name)).size).toBe(COMMANDS.length)
    for (const { name, examples } of COMMANDS) {
      expect(examples.length, name).toBeGreaterThan(0)
      for (const { line } of examples) {
        const shown = line.replace(/ [<>|] .*/, '').match(/"[^"]*"|'[^']*'|\S+/g) ?? []
        const parsed = parse(shown)
        expect(parsed.type === 'run' ? parsed.command.name : parsed, line).toBe(name)
      }
    }
  })

  test('says of each command its usage, flags, examples and exit codes', () => {
    for (const command of COMMANDS) {
      const text = help(command.name, 'runner')
      expect(text).toContain(`runner ${command.name}`)
      for (const flag of Object.keys(command.flags ?? {})) expect(text).toContain(`--${flag}`)
      for (const { line } of command.examples) expect(text).toContain(`  runner ${line}`)
      expect(text).toMatch(/Exit codes:\n {2}0 {3}done\n/)
    }
    expect(help('ask', 'runner')).toMatch(/\n {2}7 {3}the time that --timeout gave/)
    expect(help(undefined, 'runner')).toContain('Exit codes:')
  })

  test('is told in full by --help, but for what only shells ask', () => {
    const text = help(undefined, 'runner')
    for (const { name, hidden } of COMMANDS) expect(text.includes(`\n  ${name} `), name).toBe(!hidden)
  })

  test('loads each command that it names', async () => {
    for (const { name, load } of COMMANDS) expect(typeof (await load()), name).toBe('function')
  })
})
