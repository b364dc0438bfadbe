import { Worker } from 'node:worker_threads'
import { Fault } from '@nacre/types'

/** A place in a text: its line from 1, the column from 0, and the line itself. */
export type Hit = { readonly line: number; readonly column: number; readonly text: string }
export type Finder = (line: string) => number

/** Finds lines. `close` has to be called. */
export type Matcher = {
  find(text: string): Promise<readonly Hit[]>
  close(): Promise<unknown>
}

/** How long a regular expression may think about one file. */
const REGEX_MS = 2_000

export function plainMatcher(pattern: string, { ignoreCase }: { ignoreCase: boolean }): Matcher {
  const wanted = ignoreCase ? pattern.toLowerCase() : pattern
  const finder: Finder = (line) => (ignoreCase ? line.toLowerCase() : line).indexOf(wanted)
  return { find: async (text) => hitsIn(text, finder), close: async () => undefined }
}

/**
 * A regular expression can take for ever, and nothing can stop it but the end of its thread; so it gets one of its own. Throws a
 * Fault `invalid_input` if it is none; `find` throws `limit_exceeded` when it has thought for two seconds about one text.
 */
export function regexMatcher(pattern: string, { ignoreCase }: { ignoreCase: boolean }): Matcher {
  const flags = ignoreCase ? 'iu' : 'u'
  refuseBad(pattern, flags)
  const worker = new Worker(new URL('./search-worker.js', import.meta.url), { workerData: { pattern, flags } })
  return {
    async find(text) {
      const { promise, resolve, reject } = Promise.withResolvers<readonly Hit[]>()
      const timer = setTimeout(() => reject(tooSlow()), REGEX_MS)
      worker.once('message', resolve).once('error', reject)
      worker.postMessage(text)
      try {
        return await promise
      } finally {
        clearTimeout(timer)
        worker.off('message', resolve).off('error', reject)
      }
    },
    close: () => worker.terminate(),
  }
}

/** The lines of a text in which `finder` finds something. */
export function hitsIn(text: string, finder: Finder): readonly Hit[] {
  return text.split('\n').flatMap((ended, index) => {
    const line = ended.endsWith('\r') ? ended.slice(0, -1) : ended
    const column = finder(line)
    return column === -1 ? [] : [{ line: index + 1, column, text: line }]
  })
}

function refuseBad(pattern: string, flags: string): void {
  try {
    new RegExp(pattern, flags)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unreadable'
    throw new Fault('invalid_input', why, {
      mend: 'Correct it, or leave regex out to look for the text as it is',
      cause,
    })
  }
}

const tooSlow = () =>
  new Fault('limit_exceeded', `The expression needed more than ${REGEX_MS / 1000} s for one file and was stopped`, {
    mend: 'Write it without a repetition inside a repetition, search fewer files, or leave regex out',
  })
