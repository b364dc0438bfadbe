import { Fault } from '@nacre/types'

const EXIT_FAILED = 1
const EXIT_USAGE = 2
const EXIT_NOT_RUNNING = 3

/** Says on standard error what went wrong and how to mend it; the exit code that it means. */
export function explain(error: unknown): number {
  if (!(error instanceof Fault)) {
    process.stderr.write(`runner: ${error instanceof Error ? (error.stack ?? error.message) : 'unknown error'}\n`)
    return EXIT_FAILED
  }
  process.stderr.write(`runner: ${error.message}\n${error.mend ? `  ${error.mend}\n` : ''}`)
  if (error.code === 'invalid_input') return EXIT_USAGE
  return error.code === 'unavailable' ? EXIT_NOT_RUNNING : EXIT_FAILED
}
