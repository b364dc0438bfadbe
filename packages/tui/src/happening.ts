import type { ApprovalScope, Asked, SendMode, SessionId, SessionItem, SessionSummary } from '@nacre/client'
import type { Size } from './block.js'
import type { ExportFormat } from './commands.js'
import type { Line } from './drawn/line.js'
import type { Colours } from './drawn/theme.js'
import type { Hello } from './face.js'
import type { Agents } from './facts.js'
import type { TuiSettings } from './settings.js'
import type { Attachment } from './typed/attachment.js'
import type { Key } from './typed/keys.js'
import type { SessionUsage } from './usage.js'
import type { Health } from './words.js'

/** How a terminal session ended: the person left, their terminal closed, the caller's signal, a signal to the process. */
export type TuiExit = 'quit' | 'input-closed' | 'aborted' | 'terminated'

/** Everything that can happen to a face. Items carry the session that they are of, since an old one may still speak. */
export type Happening =
  | { readonly type: 'key'; readonly key: Exclude<Key, { type: 'reply' }> }
  | { readonly type: 'background'; readonly background: Colours['background'] }
  | { readonly type: 'settings'; readonly settings: TuiSettings }
  | { readonly type: 'connected'; readonly hello: Hello }
  | { readonly type: 'health'; readonly health: Health }
  /** `before` is told above it. */
  | { readonly type: 'joined'; readonly session: SessionSummary; readonly before?: readonly Line[] }
  /** No session could be opened: the one that was open, if any, stays. */
  | { readonly type: 'stayed'; readonly lines: readonly Line[] }
  | { readonly type: 'item'; readonly session: string; readonly item: SessionItem }
  | { readonly type: 'said'; readonly lines: readonly Line[] }
  | { readonly type: 'sent'; readonly id: number; readonly seq: number }
  | { readonly type: 'unsent'; readonly id: number; readonly lines: readonly Line[] }
  | { readonly type: 'unresolved'; readonly lines: readonly Line[] }
  | {
      readonly type: 'listed'
      readonly sessions: readonly SessionSummary[]
      readonly at: number
      readonly pick: boolean
    }
  | { readonly type: 'agents'; readonly agents: Agents; readonly pick: 'model' | 'agent' | undefined }
  | { readonly type: 'usage'; readonly session: string; readonly usage: SessionUsage; readonly lines: readonly Line[] }
  | { readonly type: 'history'; readonly entries: readonly string[] }
  | { readonly type: 'edited'; readonly text: string | undefined }
  | { readonly type: 'files'; readonly request: number; readonly paths: readonly string[] }
  /** Nothing was to be attached: the text, if there is one, was meant as text. */
  | { readonly type: 'attached'; readonly attachments: readonly Attachment[]; readonly text?: string }
  | { readonly type: 'resized'; readonly size: Size }
  /** The session that was followed was deleted. */
  | { readonly type: 'gone' }
  /** Nothing more will be typed: what was is still seen to its end. */
  | { readonly type: 'drained' }
  /** What came of an effect other than `follow` was told, or there was nothing to tell. */
  | { readonly type: 'told' }
  /** A frame is due: what streams is drawn. */
  | { readonly type: 'due' }
  | { readonly type: 'ended'; readonly exit: TuiExit }
  | { readonly type: 'broken'; readonly error: unknown }

/** What a face wants done, which it cannot do itself: every one ends in a happening or in nothing. */
export type Effect =
  | { readonly type: 'connect' }
  | { readonly type: 'open'; readonly how: Opening }
  | { readonly type: 'follow'; readonly session: SessionSummary }
  | {
      readonly type: 'send'
      readonly id: number
      readonly session: SessionSummary
      readonly text: string
      readonly attachments: readonly Attachment[]
      readonly mode: SendMode
    }
  | { readonly type: 'approve'; readonly session: SessionSummary; readonly asked: Asked; readonly scope: ApprovalScope }
  | { readonly type: 'deny'; readonly session: SessionSummary; readonly asked: Asked }
  | { readonly type: 'answer'; readonly session: SessionSummary; readonly question: string; readonly text: string }
  | { readonly type: 'cancel'; readonly session: SessionSummary; readonly turn: string | undefined }
  | { readonly type: 'cancel-all' }
  | { readonly type: 'list'; readonly pick: boolean }
  | { readonly type: 'agents'; readonly pick: 'model' | 'agent' | undefined }
  | { readonly type: 'select'; readonly session: SessionSummary; readonly choice: Choice }
  | { readonly type: 'rename'; readonly session: SessionSummary; readonly title: string }
  | { readonly type: 'compact'; readonly session: SessionSummary }
  | { readonly type: 'usage'; readonly session: SessionSummary; readonly tell: boolean }
  | { readonly type: 'search'; readonly session: SessionSummary; readonly text: string }
  | { readonly type: 'status' }
  | Errand
  | { readonly type: 'end'; readonly exit: TuiExit }

type Choice = { readonly agent?: string; readonly model?: string }

/** What is done on this machine, without the daemon. */
export type Errand =
  | { readonly type: 'settings' }
  | { readonly type: 'recall' }
  | { readonly type: 'remember'; readonly entry: string }
  | { readonly type: 'edit'; readonly text: string }
  | { readonly type: 'clipboard' }
  | { readonly type: 'attach'; readonly text: string }
  | { readonly type: 'files'; readonly request: number; readonly workspace: string; readonly prefix: string }
  | {
      readonly type: 'export'
      readonly session: SessionId
      readonly format: ExportFormat
      readonly path: string | undefined
    }

export type Opening =
  | { readonly type: 'join'; readonly prefix: string | undefined }
  | { readonly type: 'new'; readonly title: string; readonly agent?: string }
  | { readonly type: 'switch'; readonly prefix: string }
  | { readonly type: 'fork'; readonly session: SessionId; readonly upTo: number }
  | { readonly type: 'archive'; readonly session: SessionSummary }
