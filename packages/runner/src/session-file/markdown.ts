import type { SessionSummary, StoredEvent } from '@nacre/types'
import { printable } from '../commands/teller.js'
import { type Told, told } from './told.js'

/** A session to read as Markdown. What the agent said stands as it said it; all else is quoted or fenced. */
export async function* markdown(record: SessionSummary, events: AsyncIterable<StoredEvent>): AsyncIterable<string> {
  yield `# ${oneLine(record.title) || 'Untitled'}\n\n`
  yield `Session \`${record.session}\`, agent \`${oneLine(record.agent)}\`, begun ${new Date(record.created_at).toISOString()}.\n`
  for await (const item of told(events)) yield `\n${printable(inMarkdown(item))}\n`
}

function inMarkdown(item: Told): string {
  switch (item.type) {
    case 'user':
      return `## You, ${new Date(item.at).toISOString()}\n\n${quoted(item.text)}`
    case 'agent':
      return `## Agent (${oneLine(item.model)})\n\n${item.text.trimEnd()}`
    case 'reasoning':
      return `_Reasoning:_\n\n${quoted(item.text)}`
    case 'call':
      return `**${oneLine(item.name)}** (${item.outcome})\n\n${fenced(item.args, 'json')}${item.text ? `\n\n${fenced(item.text, 'text')}` : ''}`
    case 'note':
      return `_${oneLine(item.text)}_`
    default:
      return item satisfies never
  }
}

const quoted = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n')

/** The fence is longer than any in the text: nothing gets out of it. */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((ticks) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${text.trimEnd()}\n${fence}`
}

const oneLine = (text: string) => printable(text).replace(/\s+/g, ' ').trim()
