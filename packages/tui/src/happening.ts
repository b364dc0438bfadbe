import type { ApprovalScope, Asked, SessionItem, SessionSummary } from '@nacre/client'
import type { Hello } from './face.js'
import type { Key } from './keys.js'
import type { Line } from './line.js'
import type { Health } from './words.js'

/** How a terminal session ended: the person left, their terminal closed, the caller's signal, a signal to the process. */
export type TuiExit = 'quit' | 'input-closed' | 'aborted' | 'terminated'

/** Everything that can happen to a face. Items carry the session that they are of, since an old one may still speak. */
export type Happening =
  | { readonly type: 'key'; readonly key: Key }
  | { readonly type: 'connected'; readonly hello: Hello }
  | { readonly type: 'health'; readonly health: Health }
  | { readonly type: 'joined'; readonly session: SessionSummary }
  /** No session could be opened: the one that was open, if any, stays. */
  | { readonly type: 'stayed'; readonly lines: readonly Line[] }
  | { readonly type: 'item'; readonly session: string; readonly item: SessionItem }
  | { readonly type: 'said'; readonly lines: readonly Line[] }
  | { readonly type: 'sent'; readonly id: number; readonly seq: number }
  | { readonly type: 'unsent'; readonly id: number; readonly lines: readonly Line[] }
  | { readonly type: 'unresolved'; readonly lines: readonly Line[] }
  | { readonly type: 'resized' }
  | { readonly type: 'ended'; readonly exit: TuiExit }
  | { readonly type: 'broken'; readonly error: unknown }

/** What a face wants done, which it cannot do itself: every one ends in a happening or in nothing. */
export type Effect =
  | { readonly type: 'connect' }
  | { readonly type: 'open'; readonly how: Opening }
  | { readonly type: 'follow'; readonly session: SessionSummary }
  | { readonly type: 'send'; readonly id: number; readonly session: SessionSummary; readonly text: string }
  | { readonly type: 'approve'; readonly session: SessionSummary; readonly asked: Asked; readonly scope: ApprovalScope }
  | { readonly type: 'deny'; readonly session: SessionSummary; readonly asked: Asked }
  | { readonly type: 'answer'; readonly session: SessionSummary; readonly question: string; readonly text: string }
  | { readonly type: 'cancel'; readonly session: SessionSummary; readonly turn: string | undefined }
  | { readonly type: 'list'; readonly current: string | undefined }
  | { readonly type: 'status' }
  | { readonly type: 'end'; readonly exit: TuiExit }

export type Opening =
  | { readonly type: 'join'; readonly prefix: string | undefined }
  | { readonly type: 'new'; readonly title: string }
  | { readonly type: 'switch'; readonly prefix: string }
