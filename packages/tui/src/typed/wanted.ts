import type { Editor } from './editor.js'
import { lineStart } from './motions.js'

/** What can stand behind a command: one of some words, a session, a model, or an agent. */
export type Takes = 'session' | 'model' | 'agent' | readonly string[]
export type CompletableCommand = {
  readonly name: string
  /** How its argument is written in help, such as `<prefix>`; empty where it takes none. */
  readonly argument: string
  readonly does: string
  readonly takes?: Takes
}

/** What a person is writing at the cursor, from and to a place in the text; `query` is what stands there of it. */
export type Want = FileWant | NameWant
export type FileWant = Span & { readonly type: 'file' }
export type NameWant = Span & ({ readonly type: 'command' } | { readonly type: 'argument'; readonly takes: Takes })
type Span = { readonly from: number; readonly to: number; readonly query: string }

/** Only so much of a line is looked at. */
const LOOKED_AT = 500
const FILE = /(?:^|[\s(])(@(?:"([^"]*)|([^\s"]*)))$/u

/** A command's name at the start of the text, what stands behind it, or a file behind an @; undefined for all else. */
export function wanted(
  { text, cursor }: Pick<Editor, 'text' | 'cursor'>,
  commands: readonly CompletableCommand[],
): Want | undefined {
  const start = Math.max(lineStart(text, cursor), cursor - LOOKED_AT)
  const line = text.slice(start, cursor)
  if (start === 0 && line.startsWith('/')) return commandWanted(line, commands)
  const file = FILE.exec(line)
  if (file === null) return undefined
  const [, whole = '', quoted, plain] = file
  return { type: 'file', from: cursor - whole.length, to: cursor, query: quoted ?? plain ?? '' }
}

export const sameWant = (a: Want, b: Want): boolean =>
  a.type === b.type && a.from === b.from && a.to === b.to && a.query === b.query

function commandWanted(line: string, commands: readonly CompletableCommand[]): Want | undefined {
  const [, name = '', gap = '', rest = ''] = /^\/(\S*)(\s*)([\s\S]*)$/u.exec(line) ?? []
  if (gap === '') return { type: 'command', from: 0, to: line.length, query: name }
  const takes = commands.find((command) => command.name === name)?.takes
  if (takes === undefined) return undefined
  return { type: 'argument', takes, from: 1 + name.length + gap.length, to: line.length, query: rest }
}
