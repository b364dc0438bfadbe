import { utf8Length } from '@nacre/kit'
import { Fault, type Workspace } from '@nacre/types'
import { globMatcher } from './glob.js'
import type { Hit, Matcher } from './matcher.js'
import { readWhole, shownName } from './text.js'

const LIMITS = { files: 20_000, fileBytes: 1024 * 1024, lineChars: 240, shownBytes: 14 * 1024 } as const
const IGNORED = new Set(['.git', 'node_modules'])

export type Search = {
  readonly workspace: Workspace
  readonly path: string
  readonly glob: string | undefined
  readonly maxMatches: number
  readonly signal: AbortSignal
}

/** Looks through the text files at or below a path. Returns `path:line: text` a line, and notes on what was left out. */
export async function search(search: Search, matcher: Matcher): Promise<string> {
  const found = { lines: [] as string[], bytes: 0, files: 0, skipped: { binary: 0, large: 0, unreadable: 0 } }
  let more: string | undefined
  files: for await (const path of filesBelow(search)) {
    search.signal.throwIfAborted()
    if (++found.files > LIMITS.files) {
      more = `only the first ${LIMITS.files} files were searched; name a path or a glob`
      break
    }
    for (const hit of await hitsOf(search.workspace, path, matcher, found.skipped)) {
      const line = `${shownName(path)}:${hit.line}: ${excerpt(hit)}`
      found.bytes += utf8Length(line) + 1
      if (found.lines.length === search.maxMatches || found.bytes > LIMITS.shownBytes) {
        more = `there are more than these ${found.lines.length} matches; narrow the search`
        break files
      }
      found.lines.push(line)
    }
  }
  const said = found.lines.length > 0 ? found.lines : [`No match in ${found.files} files.`]
  return [...said, ...(more ? [`[${more}]`] : []), ...skippedWords(found.skipped)].join('\n')
}

type Skipped = { binary: number; large: number; unreadable: number }

async function hitsOf(workspace: Workspace, path: string, matcher: Matcher, skipped: Skipped): Promise<readonly Hit[]> {
  const whole = await readWhole(workspace, path, LIMITS.fileBytes).catch((error: unknown) => {
    if (error instanceof Fault) return { type: 'unreadable' } as const
    throw error
  })
  if (whole.type === 'text') return matcher.find(whole.text)
  skipped[whole.type] += 1
  return []
}

/** Depth first, by name. Links are not followed. What cannot be listed below the path is left out. */
async function* filesBelow({ workspace, path, glob }: Search): AsyncGenerator<string> {
  const isWanted = glob === undefined ? () => true : globMatcher(glob)
  const root = path.replace(/\/+$/, '') || '/'
  const isFile = await workspace.list(root).then(
    () => false,
    (error: unknown) => {
      if (error instanceof Fault && error.code === 'invalid_input') return true
      throw error
    },
  )
  if (isFile) yield root
  else yield* below(workspace, root, '', isWanted)
}

async function* below(
  workspace: Workspace,
  root: string,
  within: string,
  isWanted: (path: string) => boolean,
): AsyncGenerator<string> {
  const entries = await workspace.list(`${root}/${within}`).catch(() => [])
  for (const { name, type } of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = `${within}${name}`
    if (type === 'directory' && !IGNORED.has(name)) yield* below(workspace, root, `${path}/`, isWanted)
    else if (type === 'file' && isWanted(path)) yield `${root}/${path}`
  }
}

/** A long line is shown around what was found in it. */
function excerpt({ text, column }: Hit): string {
  if (text.length <= LIMITS.lineChars) return text
  const start = Math.max(0, Math.min(column - LIMITS.lineChars / 4, text.length - LIMITS.lineChars))
  const end = start + LIMITS.lineChars
  return `${start > 0 ? '…' : ''}${text.slice(start, end).toWellFormed()}${end < text.length ? '…' : ''}`
}

function skippedWords({ binary, large, unreadable }: Skipped): readonly string[] {
  const counts = [
    binary > 0 ? `${binary} binary` : '',
    large > 0 ? `${large} larger than 1 MiB` : '',
    unreadable > 0 ? `${unreadable} unreadable` : '',
  ].filter((words) => words !== '')
  return counts.length === 0 ? [] : [`[files not searched: ${counts.join(', ')}]`]
}
