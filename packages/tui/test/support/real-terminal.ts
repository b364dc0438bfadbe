import { execFileSync } from 'node:child_process'
import { afterEach, type TestContext } from 'vitest'
import { openTmux, type Size } from './tmux-terminal.ts'

/** How large the terminals are in which everything has to work. */
export const SIZES: readonly Size[] = [
  { columns: 40, rows: 15 },
  { columns: 80, rows: 24 },
  { columns: 200, rows: 60 },
]

const open: RealTerminal[] = []
afterEach(() => {
  for (const terminal of open.splice(0)) terminal.close()
})

/** The program in a real terminal, without colours, until the test is over. */
export function realTerminal(ctx: TestContext, size: Size, env: Readonly<Record<string, string>> = {}): RealTerminal {
  needsTmux(ctx)
  const terminal = openTmux(size, { NO_COLOR: '1', ...env })
  open.push(terminal)
  return terminal
}
export type RealTerminal = ReturnType<typeof openTmux>

function needsTmux(ctx: TestContext): void {
  try {
    execFileSync('tmux', ['-V'], { stdio: 'ignore' })
  } catch {
    ctx.skip('needs tmux: a real terminal to draw in')
  }
}
