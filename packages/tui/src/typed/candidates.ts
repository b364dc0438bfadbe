import { ranked } from './fuzzy.js'
import type { Item } from './list-rows.js'
import type { CompletableCommand, FileWant, NameWant, Takes } from './wanted.js'

/** What can be completed without asking anybody; sessions by id, models and agents by name. */
export type Sources = {
  readonly commands: readonly CompletableCommand[]
  readonly sessions: readonly Item[]
  readonly models: readonly Item[]
  readonly agents: readonly Item[]
}
/** An item, and what is written for it in the place of what stands there. */
export type Candidate = Item & { readonly inserts: string }

const MOST = 100
const FILES_MOST = 5000

/** The candidates for a command or an argument, best first. */
export function candidatesFor(want: NameWant, sources: Sources): readonly Candidate[] {
  if (want.type === 'command') return ranked(want.query, sources.commands, ({ name }) => name).map(commandCandidate)
  const items = itemsFor(want.takes, sources)
  // What stands there in full needs no menu.
  if (items.some(({ id }) => id === want.query)) return []
  return ranked(want.query, items, ({ id, label, note }) => `${id} ${label} ${note}`)
    .slice(0, MOST)
    .map((item) => ({ ...item, inserts: item.id }))
}

/** The candidates among some files, paths as they are written behind the @; what ends with a slash can go on. */
export function fileCandidates(files: readonly string[], { query }: Pick<FileWant, 'query'>): readonly Candidate[] {
  const paths = files.slice(0, FILES_MOST).filter((path) => !/["\p{Cc}]/u.test(path) && path.length < 400)
  return ranked(query, [...new Set(paths)], (path) => path)
    .slice(0, MOST)
    .map((path) => ({ id: path, label: path, note: '', inserts: mention(path) }))
}

const commandCandidate = ({ name, argument, does }: CompletableCommand): Candidate => ({
  id: name,
  label: `/${name} ${argument}`.trimEnd(),
  note: does,
  inserts: argument === '' ? `/${name}` : `/${name} `,
})

function itemsFor(takes: Takes, sources: Sources): readonly Item[] {
  if (takes === 'session') return sources.sessions
  if (takes === 'model') return sources.models
  if (takes === 'agent') return sources.agents
  return takes.map((word) => ({ id: word, label: word, note: '' }))
}

function mention(path: string): string {
  const quoted = /\s/u.test(path)
  if (path.endsWith('/')) return quoted ? `@"${path}` : `@${path}`
  return quoted ? `@"${path}" ` : `@${path} `
}
