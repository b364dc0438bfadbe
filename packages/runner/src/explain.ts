import { Fault } from '@nacre/types'
import { EXIT } from './command-line/exit.js'

/** Says on standard error what went wrong and how to mend it; the exit code that it means. */
export function explain(error: unknown): number {
  if (!(error instanceof Fault)) {
    process.stderr.write(`runner: ${error instanceof Error ? (error.stack ?? error.message) : 'unknown error'}\n`)
    return EXIT.failed
  }
  process.stderr.write(`runner: ${error.message}\n${error.mend ? `  ${error.mend}\n` : ''}`)
  if (error.code === 'invalid_input') return EXIT.usage
  return error.code === 'unavailable' ? EXIT.notRunning : EXIT.failed
}
