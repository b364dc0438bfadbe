import type { Head, SessionSummary } from '@nacre/types'
import { sessionOf } from './stream.js'

/** A session as a list shows it, by its head alone. */
export const summaryOf = (head: Head): SessionSummary => ({
  session: sessionOf(head.stream),
  title: head.title,
  agent: head.agent,
  ...(head.model !== undefined && { model: head.model }),
  status: head.status,
  seq: head.seq,
  created_at: head.createdAt,
  updated_at: head.updatedAt,
  ...(head.parent && { parent: head.parent }),
  ...(head.archived && { archived: true }),
  ...(head.failed && { failed: true }),
})
