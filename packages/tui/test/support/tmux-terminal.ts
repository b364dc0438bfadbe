import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('./program.ts', import.meta.url))
const QUIET: ExecFileSyncOptionsWithStringEncoding = {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'ignore'],
  maxBuffer: 64 * 1024 * 1024,
}
const LONGEST_MS = 25_000

export type Size = { readonly columns: number; readonly rows: number }

const tmuxOf = (server: string, ...args: string[]): string =>
  execFileSync('tmux', ['-L', server, '-f', '/dev/null', ...args], QUIET)

const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`

let servers = 0

/** The program in a terminal of tmux. What is waited for is looked for again until it is there; nothing sleeps. */
export function openTmux({ columns, rows }: Size, env: Readonly<Record<string, string>>) {
  // A server of its own: one that is being killed would take the next one's session along.
  const server = `nacre-tui-test-${process.pid}-${++servers}`
  const tmux = (...args: string[]) => tmuxOf(server, ...args)
  const settings = Object.entries(env).map(([name, value]) => `${name}=${quoted(value)}`)
  const run = `${settings.join(' ')} ${quoted(process.execPath)} ${quoted(PROGRAM)}`
  const shape = ['-x', String(columns), '-y', String(rows)]
  const command = `${run}; stty -a | grep -o -- '-\\?icanon'; read end`
  tmux('start-server', ';', 'set', '-g', 'history-limit', '50000', ';', 'new-session', '-d', ...shape, command)
  const screen = () => tmux('capture-pane', '-p')
  const until = async <T>(look: () => T, wanted: (seen: T) => boolean, what: string): Promise<T> => {
    const started = performance.now()
    for (;;) {
      const seen = look()
      if (wanted(seen)) return seen
      if (performance.now() - started > LONGEST_MS) throw new Error(`never showed ${what}:\n${screen()}`)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return {
    tmux,
    /** What can be seen. */
    screen,
    /** That and what scrolled off, with the rows of a line that the terminal wrapped as one. */
    all: () => tmux('capture-pane', '-p', '-J', '-S', '-'),
    cursor: () => tmux('display', '-p', '#{cursor_x}').trim(),
    /** What can be seen with its colours, and where the cursor stands. */
    picture: () => ({
      text: tmux('capture-pane', '-p', '-e'),
      cursor: tmux('display', '-p', '#{cursor_x},#{cursor_y}').trim().split(',').map(Number),
    }),
    keys: (...keys: string[]) => void tmux('send-keys', ...keys),
    /** Text as it is, which may be the name of a key. */
    types: (text: string) => void tmux('send-keys', '-l', '--', text),
    resize: (to: Size) => void tmux('resize-window', '-x', String(to.columns), '-y', String(to.rows)),
    shows: (text: string) => until(screen, (seen) => seen.includes(text), JSON.stringify(text)),
    hides: (text: string) => until(screen, (seen) => !seen.includes(text), `a screen without ${JSON.stringify(text)}`),
    until,
    close: () => {
      try {
        tmux('kill-server')
      } catch {
        // It had ended already.
      }
    },
  }
}
