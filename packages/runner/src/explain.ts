import { Fault } from '@nacre/types'
import { EXIT } from './command-line/exit.js'
import { programName } from './invocation.js'
import { seeSessions } from './records/see-sessions.js'

/** Says on standard error what went wrong and how to mend it; the exit code that it means. */
export function explain(error: unknown): number {
  if (!(error instanceof Fault)) {
    process.stderr.write(`runner: ${error instanceof Error ? (error.stack ?? error.message) : 'unknown error'}\n`)
    return EXIT.failed
  }
  // A gateway knows no command line.
  const isNoSession = 'gateway' in error && error.gateway === 'session_not_found'
  const mend = isNoSession ? seeSessions(programName()) : error.mend
  process.stderr.write(`runner: ${error.message}\n${mend ? `  ${mend}\n` : ''}`)
  if (error.code === 'invalid_input') return EXIT.usage
  return error.code === 'unavailable' ? EXIT.notRunning : EXIT.failed
}
