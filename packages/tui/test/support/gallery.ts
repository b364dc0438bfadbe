import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { svgOf } from './ansi-svg.ts'
import { openTmux, type Size } from './tmux-terminal.ts'

type Terminal = ReturnType<typeof openTmux>
type State = {
  readonly name: string
  readonly says: string
  readonly size?: Size
  readonly env?: Readonly<Record<string, string>>
  readonly go: (at: Terminal) => Promise<unknown>
}

const TRUECOLOR = { COLOURS: 'truecolor', BACKGROUND: 'dark', LANG: 'C.UTF-8' }
const sent = async (at: Terminal, text: string, shows: string) => {
  at.types(text)
  at.keys('Enter')
  await at.shows(shows)
}

const STATES: readonly State[] = [
  {
    name: 'first-screen',
    says: 'The first screen: who answers, where, and what is enforced.',
    go: (at) => at.shows('ready'),
  },
  {
    name: 'streaming',
    says: 'An answer that is being said: Markdown with code and a table, while the next message is typed.',
    size: { columns: 80, rows: 30 },
    go: async (at) => {
      await sent(at, 'What is wrong with it?', '2 + 3 │')
      at.types('and how about negative numbers')
      await at.shows('negative numbers')
    },
  },
  {
    name: 'approval',
    says: 'A change of a file that asks to be allowed: nothing is preselected.',
    go: (at) => sent(at, 'Mend the sum, please.', 'Allow this?'),
  },
  {
    name: 'result',
    says: 'A call that was allowed, its result, and the answer after it.',
    go: async (at) => {
      await sent(at, 'Run the tests.', 'Allow this?')
      await sent(at, 'y', 'That was approved.')
    },
  },
  {
    name: 'completion',
    says: 'The menu of commands.',
    go: async (at) => {
      at.types('/')
      await at.shows('/sessions')
      at.keys('Down', 'Down')
      await at.until(at.screen, (seen) => seen.includes('❯'), 'a selected command')
    },
  },
  {
    name: 'sessions',
    says: 'The list of sessions, filtered by what is typed.',
    go: async (at) => {
      at.keys('C-t')
      await at.shows('Session (')
    },
  },
  {
    name: 'light',
    says: 'On a light background.',
    size: { columns: 80, rows: 30 },
    env: { BACKGROUND: 'light' },
    go: (at) => sent(at, 'What is wrong with the sum?', 'Run the tests again'),
  },
  {
    name: 'narrow',
    says: 'In 40 columns.',
    size: { columns: 40, rows: 30 },
    go: (at) => sent(at, 'What is wrong with the sum?', 'Run the tests again'),
  },
  {
    name: 'no-color',
    says: 'With `NO_COLOR`: signs say what colours would.',
    size: { columns: 80, rows: 30 },
    env: { NO_COLOR: '1' },
    go: (at) => sent(at, 'What is wrong with the sum?', 'Run the tests again'),
  },
]

const to = fileURLToPath(new URL('../../../../docs/gallery/', import.meta.url))
mkdirSync(to, { recursive: true })
for (const { name, says, size = { columns: 80, rows: 24 }, env = {}, go } of STATES) {
  const terminal = openTmux(size, { ...TRUECOLOR, ...env })
  try {
    await terminal.shows('ready')
    await go(terminal)
    const light = env.BACKGROUND === 'light'
    writeFileSync(`${to}${name}.svg`, svgOf({ ...terminal.picture(), ...size, light, title: says.replaceAll('`', '') }))
  } finally {
    terminal.close()
  }
}
writeFileSync(
  `${to}README.md`,
  `# Gallery

The terminal face in its main states, as \`tmux\` shows them. Made anew, after a build, by
\`pnpm --filter @nacre/tui gallery\`.
${STATES.map(({ name, says }) => `\n${says}\n\n![${says.replaceAll('`', '')}](${name}.svg)\n`).join('')}`,
)
