import { Fault, type Millis } from '@nacre/types'
import { type FileItem, LINE_BYTES } from './format.js'
import { createJudge } from './judge.js'
import type { Source } from './source.js'

/**
 * What a session's file holds, each line judged before it is handed on: its shape, its place, its bounds, and that every
 * blob is what its hash says. Throws a Fault `corrupt` that names the line.
 */
export async function* readSessionFile(source: Source, now: Millis): AsyncIterable<FileItem> {
  let number = 0
  const judge = createJudge(now)
  const wrong = (why: string) =>
    new Fault('corrupt', `Line ${number} of ${source.name}: ${why}.`, {
      mend: 'Export the session again, and leave the file as it is.',
    })
  for await (const line of linesOf(source)) {
    number += 1
    const item = line === undefined ? `it has more than ${LINE_BYTES} bytes` : judge.take(line)
    if (item === 'more') continue
    if (typeof item === 'string') throw wrong(item)
    yield item
  }
  number += 1
  if (!judge.ended()) throw wrong('the file ends before it says that this is all')
}

const LF = 10

/** Lines without their LF; undefined for one beyond the bound. */
async function* linesOf({ name, bytes }: Source): AsyncIterable<string | undefined> {
  let rest = Buffer.alloc(0)
  try {
    for await (const chunk of bytes()) {
      rest = Buffer.concat([rest, Buffer.from(chunk)])
      let from = 0
      for (let at = rest.indexOf(LF); at !== -1; at = rest.indexOf(LF, from)) {
        yield at - from > LINE_BYTES ? undefined : rest.toString('utf8', from, at)
        from = at + 1
      }
      rest = rest.subarray(from)
      if (rest.length > LINE_BYTES) yield undefined
    }
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    const why = cause instanceof Error ? cause.message : 'unknown error'
    throw new Fault('not_found', `${name} cannot be read: ${why}`, {
      cause,
      mend: 'Name a file that runner export has written.',
    })
  }
  if (rest.length > 0) yield rest.toString('utf8')
}
