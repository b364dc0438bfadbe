import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { type Client, isUnknown, lift, type SessionId, type StoredEvent } from '@nacre/client'

/** Where people write: it hands us lines with ids of its own, and shows what we post. */
export type Platform = { post(text: string): Promise<void> }

/** In: the platform's own id is the input's id, so that a line which it delivers twice is one input. */
export async function takeIn(client: Client, session: SessionId, line: { id: string; text: string }): Promise<void> {
  await client.send(session, line.text, { input: line.id })
}

/**
 * Out: posts every answer of the session, from the cursor in `cursorFile` on, until the signal aborts. The cursor is moved
 * after the post: who is killed in between posts once more, and loses nothing.
 */
export async function postAnswers(
  client: Client,
  session: SessionId,
  { platform, cursorFile, signal }: { platform: Platform; cursorFile: string; signal: AbortSignal },
): Promise<void> {
  const after = existsSync(cursorFile) ? Number(readFileSync(cursorFile, 'utf8')) : 0
  for await (const item of client.watch(session, { after, signal })) {
    if (item.kind !== 'stored') continue
    const text = answerIn(item.event)
    if (text !== '') await platform.post(text)
    saveCursor(cursorFile, item.event.seq)
  }
}

/** What a model said to its end; what was cut off is withdrawn, and said again under a new step. */
function answerIn(stored: StoredEvent): string {
  const event = lift(stored)
  if (isUnknown(event) || event.type !== 'step.finished' || event.outcome !== 'completed') return ''
  return event.parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
}

/** Whole or not at all: a file that is cut off in the middle would be a wrong number. */
function saveCursor(file: string, seq: number): void {
  writeFileSync(`${file}.new`, String(seq))
  renameSync(`${file}.new`, file)
}
