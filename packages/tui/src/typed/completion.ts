import type { Action } from './actions.js'
import { type Candidate, candidatesFor, fileCandidates, type Sources } from './candidates.js'
import { changed } from './change.js'
import type { Editor } from './editor.js'
import { clipTo, type ListRow, listRows } from './list-rows.js'
import { selectionAfter } from './picker.js'
import { sameWant, type Want, wanted } from './wanted.js'

/**
 * The menu below what is typed. `request` is the number of the newest question that somebody else answers; `at` the
 * selected candidate, -1 for none. A menu that was `dismissed` stays away until something else is wanted.
 */
export type Completion = {
  readonly want?: Want
  readonly candidates: readonly Candidate[]
  readonly at: number
  readonly request: number
  readonly dismissed: boolean
}
/** Which files begin so, or look like it: asked of the owner, and answered with its number. */
export type FileQuestion = { readonly request: number; readonly query: string }

export const NO_COMPLETION: Completion = { candidates: [], at: -1, request: 0, dismissed: false }

/** The menu for what stands before the cursor now, and the question that somebody else has to answer for it. */
export function refreshed(
  completion: Completion,
  editor: Editor,
  sources: Sources,
): { completion: Completion; ask?: FileQuestion } {
  const { request } = completion
  const want = wanted(editor, sources.commands)
  if (want === undefined) return { completion: { ...NO_COMPLETION, request } }
  if (completion.want && sameWant(completion.want, want)) return { completion: { ...completion, want } }
  const dismissed = completion.dismissed && completion.want?.from === want.from
  const next = { want, at: -1, request: request + 1, dismissed }
  if (want.type !== 'file') return { completion: { ...next, candidates: candidatesFor(want, sources) } }
  // What was found before is shown until the answer comes.
  const candidates =
    completion.want?.from === want.from
      ? fileCandidates(
          completion.candidates.map(({ id }) => id),
          want,
        )
      : []
  return { completion: { ...next, candidates }, ask: { request: next.request, query: want.query } }
}

/** With the files that were found; an answer to an older question is nothing. */
export function answered(completion: Completion, request: number, files: readonly string[]): Completion {
  const { want } = completion
  if (request !== completion.request || want?.type !== 'file') return completion
  const selected = completion.candidates[completion.at]?.id
  const candidates = fileCandidates(files, want)
  return { ...completion, candidates, at: candidates.findIndex(({ id }) => id === selected) }
}

/** What an action does in the menu; undefined where it is not the menu's, but the editor's or the face's. */
export function inMenu(
  completion: Completion,
  editor: Editor,
  action: Action,
): { completion: Completion; editor: Editor } | undefined {
  const { candidates, at } = completion
  if (!isOpen(completion)) return undefined
  switch (action) {
    case 'complete':
      return accepted(completion, editor, candidates[Math.max(0, at)])
    case 'submit':
      // Only what was gone to; else Enter sends what is typed.
      return accepted(completion, editor, candidates[at])
    case 'cancel':
      return { editor, completion: { ...completion, at: -1, dismissed: true } }
    case 'up':
    case 'down':
    case 'complete_previous':
    case 'page_up':
    case 'page_down':
      return { editor, completion: { ...completion, at: selectionAfter(action, at, candidates.length) } }
    default:
      return undefined
  }
}

export const isOpen = ({ candidates, dismissed }: Completion): boolean => candidates.length > 0 && !dismissed

export const menuRows = (completion: Completion, width: number, most: number): ListRow[] =>
  isOpen(completion) ? shownRows(completion, width, most) : []

/** The last row says how many there are besides those that are shown. */
function shownRows({ candidates, at }: Completion, width: number, most: number): ListRow[] {
  const more = candidates.length - (most - 1)
  if (candidates.length <= most || most < 3) return listRows(candidates, at, width, most)
  return [...listRows(candidates, at, width, most - 1), { text: clipTo(`  … ${more} more`, width), tone: 'dim' }]
}

function accepted(completion: Completion, editor: Editor, candidate: Candidate | undefined) {
  const { want, request } = completion
  if (want === undefined || candidate === undefined) return undefined
  const next = changed(editor, { from: want.from, to: want.to, insert: candidate.inserts })
  // Nothing stays open: `refreshed` looks anew at what stands there now.
  return { editor: next, completion: { ...NO_COMPLETION, request } }
}
