import { type Client, isUnknown, type LiftedEvent, lift, type SessionId } from '@nacre/client'
import { BLANK, type Line, line, type Mark } from './drawn/line.js'
import { isStored } from './follow.js'
import { cleanInline } from './said/clean.js'
import { inQuotes } from './words.js'

const PAGE_TURNS = 100
const FOUND = 50
const AROUND = 60

/** One place where the words were said; `from` and `to` are where they stand in `text`. */
type Found = {
  readonly seq: number
  readonly at: number
  readonly who: string
  readonly text: string
  readonly from: number
  readonly to: number
}

/** Looks through all of a session, from its end to its beginning, for at most 50 places. */
export async function search(client: Client, session: SessionId, words: string): Promise<readonly Line[]> {
  const found: Found[] = []
  let before: number | undefined
  do {
    const page = await client.history(session, { turns: PAGE_TURNS, ...(before !== undefined && { before }) })
    const events = page.events.filter(isStored).map((event) => lift(event))
    found.push(...events.toReversed().flatMap((event) => foundIn(event, words)))
    before = page.before
  } while (before !== undefined && found.length < FOUND)
  return foundLines(found.slice(0, FOUND).toReversed(), words, before !== undefined)
}

/** Where an event says the words, in whatever case; the first place of it. */
function foundIn(event: LiftedEvent, words: string): readonly Found[] {
  const said = saidBy(event)
  if (said === undefined) return []
  const text = cleanInline(said.text)
  const at = text.toLowerCase().indexOf(cleanInline(words).toLowerCase())
  if (at < 0) return []
  const begin = Math.max(0, at - AROUND)
  const end = Math.min(text.length, at + words.length + AROUND)
  const head = begin > 0 ? '…' : ''
  const from = at - begin + head.length
  return [
    {
      seq: event.seq,
      at: event.at,
      who: said.who,
      text: `${head}${text.slice(begin, end)}${end < text.length ? '…' : ''}`,
      from,
      to: from + cleanInline(words).length,
    },
  ]
}

type Parts = readonly { readonly type: string; readonly text?: string; readonly preview?: string }[]
const textOf = (parts: Parts): string => parts.map(({ text, preview }) => text ?? preview ?? '').join('\n')

function saidBy(event: LiftedEvent): { readonly who: string; readonly text: string } | undefined {
  if (isUnknown(event)) return undefined
  switch (event.type) {
    case 'turn.queued':
      return { who: '›', text: textOf(event.parts) }
    case 'step.finished':
      return { who: ' ', text: textOf(event.parts.filter(({ type }) => type === 'text')) }
    case 'tool.finished':
      return { who: '│', text: textOf(event.parts) }
    default:
      return undefined
  }
}

function foundLines(found: readonly Found[], words: string, more: boolean): readonly Line[] {
  if (found.length === 0) return [line(`Nobody said ${inQuotes(words)} in this session.`, 'dim', 2)]
  return [
    BLANK,
    ...(more ? [line(`(the newest ${FOUND} places)`, 'dim')] : []),
    ...found.map(foundLine),
    line('/fork <number> goes on from there in a copy.', 'dim', 2),
  ]
}

function foundLine({ seq, at, who, text, from, to }: Found): Line {
  const head = `${String(seq).padStart(6)} ${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} ${who} `
  const mark: Mark = { from: head.length + from, to: head.length + to, style: 'strong' }
  return { ...line(head + text, 'plain', 9), marks: [{ from: 0, to: head.length, style: 'dim' }, mark] }
}
