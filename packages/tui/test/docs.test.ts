import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { COMMANDS } from '../src/commands.js'
import { ACTIONS } from '../src/typed/actions.js'
import { parseKeymap } from '../src/typed/keymap.js'

// The tables of docs/tui.md. After a change: npx vitest run packages/tui/test/docs.test.ts -u

const PAGE = new URL('../../../docs/tui.md', import.meta.url).pathname
const page = readFileSync(PAGE, 'utf8')

const code = (text: string) => `\`${text}\``

const MADE = {
  commands: [
    ['typed', 'does'],
    ...COMMANDS.map(({ name, argument, does }) => [
      code(`/${name} ${argument}`.trimEnd()).replaceAll('|', '\\|'),
      does,
    ]),
  ],
  keys: [
    ['key', 'does', 'in `[keys]`'],
    ...ACTIONS.map(({ action, keys, does }) => [keys.map(code).join(' '), does, code(action)]),
  ],
} as const

/** As the formatter would have it. */
function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) => `| ${row.map((text, at) => text.padEnd(widths[at] ?? 0)).join(' | ')} |`
  const [head = [], ...others] = rows
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...others.map(line)].join('\n')
}

it('docs/tui.md has the commands and the keys that the terminal has', async () => {
  let made = page
  for (const [what, rows] of Object.entries(MADE)) {
    const place = new RegExp(`(<!-- ${what}: [^\n]* -->\n)[^]*?(<!-- end -->)`)
    expect(made, what).toMatch(place)
    made = made.replace(place, (_, begin: string, end: string) => `${begin}\n${tableOf(rows)}\n\n${end}`)
  }
  await expect(made).toMatchFileSnapshot(PAGE)
})

it('what it says to write under [keys] is taken', () => {
  const shown = /\[keys\]\n([^`]*)```/.exec(page)?.[1] ?? ''
  const lines = [...shown.matchAll(/^(\w+) = (".*?"|\[.*?\]) +#/gm)]
  const keys = Object.fromEntries(lines.map(([, action = '', value = '']) => [action, JSON.parse(value) as unknown]))
  expect(Object.keys(keys).length).toBeGreaterThan(1)
  expect(parseKeymap(keys)).not.toHaveProperty('problems')
})
