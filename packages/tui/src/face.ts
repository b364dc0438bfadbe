import type { Client, ConnectionStatus, SessionSummary, Transcript } from '@nacre/client'
import { EMPTY_TRANSCRIPT } from '@nacre/client'
import { openQuestion } from './approval.js'
import type { Size } from './block.js'
import type { Line } from './drawn/line.js'
import type { Colours } from './drawn/theme.js'
import type { Agents } from './facts.js'
import type { Picking } from './picking.js'
import { NEW_PAPER, type Paper } from './said/view.js'
import { type Completion, NO_COMPLETION } from './typed/completion.js'
import { type Editor, EMPTY_EDITOR } from './typed/editor.js'
import { DEFAULT_KEYMAP, type Keymap } from './typed/keymap.js'
import type { Submission } from './typed/submission.js'
import type { SessionUsage } from './usage.js'

export type Hello = Awaited<ReturnType<Client['connected']>>

/** A message that was typed and is not yet seen in its session; `seq` is where it is on disk. */
export type Sending = { readonly id: number; readonly session: string; readonly text: string; readonly seq?: number }
/** A message that waits until a session is open. */
export type Held = Submission & { readonly steers: boolean }

/** Everything that the terminal shows, and nothing else. */
export type Face = {
  readonly connection: ConnectionStatus
  readonly hello?: Hello
  /** What there is to choose from; absent until the daemon has said so. */
  readonly agents?: Agents
  /** Id or prefix of the session to join first. */
  readonly wanted?: string
  readonly session?: SessionSummary
  /** A session is being opened: what is typed meanwhile is `held` for it. */
  readonly moving: boolean
  readonly held: readonly Held[]
  readonly transcript: Transcript
  /** What the session has used; absent until the daemon has counted it. */
  readonly usage?: SessionUsage
  readonly paper: Paper
  readonly keymap: Keymap
  /** As the person has chosen; else as the terminal says. */
  readonly theme: { readonly name: Colours['background'] | 'none'; readonly chosen: boolean }
  readonly editor: Editor
  /** The menu below what is typed. */
  readonly completion: Completion
  /** The list that is open in its place. */
  readonly picking?: Picking
  /** The sessions as they were listed last. */
  readonly listed: { readonly sessions: readonly SessionSummary[]; readonly at: number }
  /** The question that was open when the person began to type the line. */
  readonly typedFor?: string
  readonly sending: readonly Sending[]
  readonly ids: number
  /** The call whose verdict is on its way. */
  readonly resolving?: string
  /** What models think is shown as they think it. */
  readonly unfolded: boolean
  /** Of the terminal. */
  readonly size: Size
  /** How often the person wanted everything drawn anew. */
  readonly redraws: number
  /** Nothing is drawn in place: lists are printed. */
  readonly plain: boolean
  /** Nobody types any more: it ends when everything that was typed has had its answer. */
  readonly leaving: boolean
  /** How to start a daemon that does not answer. */
  readonly awayHint: string
  /** Lines to print at the next drawing. */
  readonly out: readonly Line[]
}

export const newFace = (wanted?: string): Face => ({
  connection: { type: 'connecting', attempt: 1 },
  ...(wanted !== undefined && { wanted }),
  moving: true,
  held: [],
  transcript: EMPTY_TRANSCRIPT,
  paper: NEW_PAPER,
  keymap: DEFAULT_KEYMAP,
  theme: { name: 'unknown', chosen: false },
  editor: EMPTY_EDITOR,
  completion: NO_COMPLETION,
  listed: { sessions: [], at: 0 },
  sending: [],
  ids: 0,
  unfolded: false,
  size: { columns: 80, rows: 24 },
  redraws: 0,
  plain: false,
  leaving: false,
  awayHint: '',
  out: [],
})

/** Whether a message would have to wait. */
export const isBusy = ({ transcript: { state } }: Face): boolean => state.open !== undefined || state.queue.length > 0

/** The question that the person can answer now: none while a verdict is on its way. */
export function questionFor(face: Face) {
  const call = openQuestion(face.transcript)
  return call && call.call !== face.resolving ? call : undefined
}

export const say = (face: Face, lines: readonly Line[]): Face => ({ ...face, out: [...face.out, ...lines] })
