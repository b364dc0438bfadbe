import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it, type TestContext } from 'vitest'

const PROGRAM = fileURLToPath(new URL('./support/program.ts', import.meta.url))
const QUIET: ExecFileSyncOptionsWithStringEncoding = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }

// A server of its own for every test: one that is being killed would take the next test's session along.
let servers = 0
const tmux = (...args: string[]): string =>
  execFileSync('tmux', ['-L', `nacre-tui-test-${process.pid}-${servers}`, '-f', '/dev/null', ...args], QUIET)
const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`

afterEach(() => {
  try {
    tmux('kill-server')
  } catch {
    // There was none.
  }
})

/** The program in a real terminal. `until` looks again whenever tmux has shown something; nothing sleeps. */
function terminal(ctx: TestContext, columns: number) {
  try {
    execFileSync('tmux', ['-V'], QUIET)
  } catch {
    return ctx.skip('needs tmux: a real terminal to draw in')
  }
  servers++
  const command = `NO_COLOR=1 ${quoted(process.execPath)} ${quoted(PROGRAM)}; stty -a | grep -o -- '-\\?icanon'; read end`
  tmux('new-session', '-d', '-x', String(columns), '-y', '20', command)
  const all = () => tmux('capture-pane', '-p', '-S', '-1000')
  return {
    all,
    keys: (...keys: string[]) => void tmux('send-keys', ...keys),
    resize: (to: number) => void tmux('resize-window', '-x', String(to), '-y', '20'),
    async shows(text: string) {
      const started = performance.now()
      while (!all().includes(text)) {
        if (performance.now() - started > 20_000) throw new Error(`never showed ${JSON.stringify(text)}:\n${all()}`)
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
  }
}

describe('in a real terminal', () => {
  it.for([80, 40])('of %i columns a conversation is drawn, kept, and left in good order', async (columns, ctx) => {
    const { keys, shows, all } = terminal(ctx, columns)
    await shows('ready')
    keys('tool', 'Enter')
    await shows('Allow this? type y or n')
    keys('Enter', 'y', 'Enter')
    await shows('That was approved.')
    keys('long', 'Enter')
    await shows('Line 40 of a long answer.')
    keys('naughty', 'Enter')
    await shows('before after')
    keys('/swich', 'Enter')
    await shows('is no command')
    keys('slow', 'Enter')
    await shows('I am still thinking about')
    keys('C-c')
    await shows('cancelling…')
    keys('/quit', 'Enter')
    await shows('keeps running')
    await shows('(quit)\nicanon')
    expect(all().match(/Line \d+ of a long answer\./gu)).toHaveLength(40)
    expect(all()).not.toContain('I am still')
  })

  it('that gets narrower nothing printed is lost and the block is drawn once', async (ctx) => {
    const { keys, shows, resize, all } = terminal(ctx, 100)
    await shows('ready')
    keys('long', 'Enter')
    await shows('Line 40')
    keys('a draft that is longer than forty columns are wide')
    await shows('are wide')
    resize(40)
    keys('!')
    await shows('wide!')
    expect(all().match(/Line \d+ of a long answer\./gu)).toHaveLength(40)
    expect(all().match(/> a draft/gu)).toHaveLength(1)
    expect(all().match(/ready/gu)).toHaveLength(1)
  })
})
