import { createHash } from 'node:crypto'
import type { SessionSummary, StoredEvent } from '@nacre/types'
import { printable } from '../commands/teller.js'
import { type Told, told } from './told.js'

const STYLE = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 50rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem } h2 { font-size: .9rem; margin: 1.5rem 0 .25rem; opacity: .7 }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; font: inherit }
code, details pre { font: .875rem/1.45 ui-monospace, monospace }
.user { border-left: 3px solid light-dark(#36c, #8ab4ff); padding-left: .75rem }
.note { font-style: italic; opacity: .8 }
details { border: 1px solid light-dark(#ccc, #444); border-radius: .4rem; padding: .4rem .75rem; margin: .5rem 0 }
summary { cursor: pointer }
`
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')
/** Only this style, and nothing else: no script, no picture, no address that is called. */
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'`

/** A session to read in a browser: one file that needs nothing else, in which all that was said is text. */
export async function* html(record: SessionSummary, events: AsyncIterable<StoredEvent>): AsyncIterable<string> {
  const title = escaped(record.title || 'Untitled')
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${title}</h1>
<p class="note">Session <code>${escaped(record.session)}</code>, agent ${escaped(record.agent)}, begun ${new Date(record.created_at).toISOString()}</p>
`
  for await (const item of told(events)) yield `${inHtml(item)}\n`
  yield '</body>\n</html>\n'
}

function inHtml(item: Told): string {
  switch (item.type) {
    case 'user':
      return `<h2>You, ${new Date(item.at).toISOString()}</h2>\n<div class="user">${pre(item.text)}</div>`
    case 'agent':
      return `<h2>Agent (${escaped(item.model)})</h2>\n${pre(item.text)}`
    case 'reasoning':
      return `<details><summary>Reasoning</summary>${pre(item.text)}</details>`
    case 'call':
      return `<details><summary><code>${escaped(item.name)}</code> (${escaped(item.outcome)})</summary>${pre(item.args)}<hr>${pre(item.text)}</details>`
    case 'note':
      return `<p class="note">${escaped(item.text)}</p>`
    default:
      return item satisfies never
  }
}

const pre = (text: string) => `<pre>\n${escaped(text.trimEnd())}</pre>`

const SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string) => printable(text).replace(/[&<>"']/g, (sign) => SIGNS[sign] ?? '')
