import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CLI, type Place, until } from './place.js'

let servers = 0

/** A terminal of tmux with the real command line in it; `open` begins it, and may begin it again. */
export function realTerminal(place: Place, size = { columns: 80, rows: 24 }) {
  let server = ''
  // Each terminal has a server of its own: one that is going must not take the next one's session.
  const tmux = (...args: string[]) =>
    execFileSync('tmux', ['-S', server, ...args], { encoding: 'utf8', env: place.env })
  const env = Object.entries(place.env).flatMap(([name, value]) => ['-e', `${name}=${value}`])
  const open = (...args: string[]) => {
    server = join(place.root, `tmux-${++servers}`)
    const command = [process.execPath, CLI, ...args].map((word) => `'${word}'`).join(' ')
    const shape = ['-x', String(size.columns), '-y', String(size.rows)]
    tmux('new-session', '-d', '-s', 'tui', ...shape, ...env, `${command}; echo "left with $?"; cat`)
  }
  /** What can be seen, and what scrolled off. */
  const all = () => tmux('capture-pane', '-p', '-S', '-500', '-t', 'tui')
  /** What can be seen now. */
  const screen = () => tmux('capture-pane', '-p', '-t', 'tui')
  return {
    open,
    all,
    screen,
    type: (...keys: string[]) => tmux('send-keys', '-t', 'tui', ...keys),
    shows: (text: string) => until(() => (all().includes(text) ? all() : undefined)),
    hides: (text: string) => until(() => (screen().includes(text) ? undefined : true)),
    /** The process of the TUI itself. */
    pid: () => {
      const shell = tmux('list-panes', '-t', 'tui', '-F', '#{pane_pid}').trim()
      return Number(readFileSync(`/proc/${shell}/task/${shell}/children`, 'utf8').split(' ')[0])
    },
    close: () => tmux('kill-server'),
    [Symbol.dispose]: () => {
      try {
        tmux('kill-server')
      } catch {
        // It had ended already.
      }
    },
  }
}

export const hasTmux = () => {
  try {
    execFileSync('tmux', ['-V'])
    return true
  } catch {
    return false
  }
}
