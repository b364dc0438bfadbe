import { isUnknown, lift, type SessionEvent } from '@nacre/session'
import type { ContentPart, StoredEvent } from '@nacre/types'
import { printable } from './teller.js'

const SHOWN_CHARS = 200

/**
 * What is to be read beside the type of an event, in one line: names, outcomes and reasons, and how an input begins. Empty
 * where the type says it all. The whole of it is what --json prints.
 */
export function eventWords(stored: StoredEvent): string {
  const event = lift(stored)
  const words = isUnknown(event) ? 'of a later version' : said(event)
  const line = printable(words).replace(/\s+/g, ' ').trim()
  return line.length > SHOWN_CHARS ? `${line.slice(0, SHOWN_CHARS - 1).toWellFormed()}…` : line
}

function said(event: SessionEvent): string {
  switch (event.type) {
    case 'turn.queued':
      return (event.mode === 'queue' ? '' : `${event.mode}: `) + inText(event.parts)
    case 'turn.finished':
    case 'step.finished':
      return because(event.outcome, event.fault)
    case 'tool.finished':
      return event.outcome
    case 'step.started':
      return `${event.provider}/${event.model}${event.last ? `, the last one: the limit of ${event.last} is reached` : ''}`
    case 'tool.started':
    case 'approval.requested':
      return event.name
    case 'approval.resolved':
      return `${event.verdict} by ${event.by}${event.scope === 'once' ? '' : `, ${event.scope}`}`
    case 'question.asked':
      return event.delegate ? `of the delegate ${event.delegate.agent}` : inText(event.parts)
    case 'question.answered':
      return inText(event.parts)
    case 'session.created':
      return `agent ${event.agent}${event.title === '' ? '' : `: ${event.title}`}`
    case 'session.renamed':
      return event.title
    case 'session.archived':
      return event.archived ? '' : 'no more'
    case 'session.selected':
      return [event.agent, event.model].filter((name) => name !== undefined).join(', ')
    case 'session.forked':
      return `from ${event.from}, up to ${event.upTo}`
    case 'session.claimed':
      return `epoch ${event.epoch}`
    case 'session.compacted':
      return `up to ${event.upTo}`
    case 'prefix.set':
      return event.reason
    case 'notice.posted':
      return event.text
    case 'turn.started':
    case 'turn.cancel_requested':
    case 'approval.expired':
    case 'delivery.finished':
    case 'session.deleted':
    case 'budget.granted':
    case 'budget.settled':
      return ''
    default:
      return event satisfies never
  }
}

const because = (outcome: string, fault: { readonly message: string; readonly mend?: string } | undefined) =>
  fault === undefined ? outcome : `${outcome}: ${fault.message}${fault.mend === undefined ? '' : ` (${fault.mend})`}`

const inText = (parts: readonly ContentPart[]) =>
  parts.map((part) => (part.type === 'text' ? part.text : `[${part.preview}]`)).join(' ')
