export type { TuiExit } from './happening.js'
export { runTui, type TuiEnd, type TuiOptions } from './run-tui.js'
export type { TerminalInput, TerminalOutput } from './terminal.js'
