import type { Line } from '../drawn/line.js'
import { beginning, type Container, goingOn, isRule } from './containers.js'
import { type Code, codeLine, newCode } from './highlight.js'
import { inlineOf } from './inline.js'
import { gapIn, type Place, placed, type Said } from './placed.js'
import { joined, styled } from './styled.js'
import { emptied, isFull, newTable, type Table, textOf, withRow } from './table.js'

/**
 * Where the reading of a Markdown text stands between two of its lines. All that a later line can still change is held
 * in here, so that what was given out is final.
 */
export type Markdown = Place & { readonly leaf: Leaf }
type Leaf =
  | { readonly type: 'none' }
  /** `held` is its last line where that may turn out to be the head of a table. */
  | { readonly type: 'paragraph'; readonly held?: string }
  | { readonly type: 'fence'; readonly fence: string; readonly indent: number; readonly code: Code }
  | { readonly type: 'table'; readonly table: Table }

/** What a line comes to: the next is read from `markdown`, and `lines` are given out for good. */
export type Read = { readonly markdown: Markdown; readonly lines: readonly Line[] }

const NO_LEAF: Leaf = { type: 'none' }
export const NEW_MARKDOWN: Markdown = { containers: [], shown: 0, first: true, leaf: NO_LEAF }

const MOST_DEPTH = 12
const RULE = '─'.repeat(24)
const HEADING = /^ {0,3}(#{1,6})(?= |$)/u
const FENCE = /^( {0,3})(`{3,}(?=[^`]*$)|~{3,}) *([^\s`]*)/u
const TASK = /^\[([ xX])\] /u

/** Reads one line, which is clean and without its end. CommonMark, with what the README names. */
export function readLine(markdown: Markdown, text: string): Read {
  const { containers, leaf } = markdown
  const { depth, rest } = goingOn(containers, text)
  const inside = depth === containers.length
  if (leaf.type === 'fence' && inside) return inFence(markdown, leaf, rest)
  if (rest.trim() === '') return blank(markdown, depth)
  const { opened, inner } = opening(markdown, depth, rest)
  const goesOn = opened.length === depth && !startsBlock(inner)
  if (leaf.type === 'table' && inside && goesOn && inner.includes('|')) return inTable(markdown, leaf.table, inner)
  // A paragraph goes on without the signs of what it stands in.
  if (leaf.type === 'paragraph' && goesOn) return inParagraph(markdown, leaf, inner)
  const ended = endOf(markdown, depth)
  return after(ended.lines, block({ ...ended.markdown, containers: opened }, inner))
}

/** What is held is given out as it stands if nothing more comes. */
export const endOfMarkdown = (markdown: Markdown): readonly Line[] => endOf(markdown, 0).lines

/** Ends the leaf, and the containers from `depth` on. */
function endOf(markdown: Markdown, depth: number): Read {
  const { markdown: next, lines } = withoutLeaf(markdown)
  const { containers, shown } = next
  // An item with nothing in it is shown, too.
  if (depth < containers.length && shown < containers.length) {
    const empty = give(next, styled(''))
    return after([...lines, ...empty.lines], endOf(empty.markdown, depth))
  }
  return { markdown: { ...next, containers: containers.slice(0, depth), shown: Math.min(shown, depth) }, lines }
}

function withoutLeaf(markdown: Markdown): Read {
  const { leaf } = markdown
  const next = { ...markdown, leaf: NO_LEAF }
  switch (leaf.type) {
    case 'none':
    case 'fence':
      return { markdown: next, lines: [] }
    case 'paragraph':
      return leaf.held === undefined ? { markdown: next, lines: [] } : give(next, textSaid(leaf.held))
    case 'table':
      // All of it was given out already.
      if (leaf.table.goesOn && leaf.table.rows.length === 0) return { markdown: next, lines: [] }
      return give(next, { ...styled(textOf(leaf.table)), table: leaf.table })
    default:
      return leaf satisfies never
  }
}

/** The containers of a line after those that go on, and what stands in them. */
function opening(markdown: Markdown, depth: number, rest: string): { opened: readonly Container[]; inner: string } {
  const { containers, leaf } = markdown
  const opened = containers.slice(0, depth)
  let inner = rest
  while (opened.length < MOST_DEPTH) {
    const first = opened.length === depth
    const found = beginning(inner, first ? containers[depth] : undefined, first && leaf.type === 'paragraph')
    if (found === undefined) break
    opened.push(found.container)
    inner = found.rest
  }
  return { opened, inner }
}

const startsBlock = (text: string): boolean => HEADING.test(text) || FENCE.test(text) || isRule(text)

function blank(markdown: Markdown, depth: number): Read {
  // An item may go on after a blank line; a quote may not.
  const ended = endOf(markdown, depth)
  const { shown, containers } = ended.markdown
  // With its sign an item may begin a line before its text, and no more.
  const { markdown: next, lines } =
    shown < containers.length ? after(ended.lines, give(ended.markdown, styled(''))) : ended
  return { markdown: { ...next, gap: next.gap ?? gapIn(next.containers) }, lines }
}

/** A line that begins a block. */
function block(markdown: Markdown, text: string): Read {
  if (text.trim() === '') return { markdown, lines: [] }
  const [opens = '', signs] = HEADING.exec(text) ?? []
  if (signs !== undefined) return heading(markdown, signs, text.slice(opens.length))
  const [, indent = '', fence, name = ''] = FENCE.exec(text) ?? []
  if (fence !== undefined) return openFence(markdown, { indent: indent.length, fence }, name)
  if (isRule(text)) return give(markdown, styled(RULE, 'dim'))
  // Code by its indentation: nobody says in which language.
  if (text.startsWith('    ')) return give(markdown, { ...styled(text), hang: text.length - text.trimStart().length })
  return inParagraph(markdown, { type: 'paragraph' }, text)
}

function heading(markdown: Markdown, signs: string, title: string): Read {
  const { text, marks } = joined([
    styled(`${signs} `, 'dim'),
    inlineOf(
      title
        .trim()
        .replace(/(?:^| )#+$/u, '')
        .trim(),
    ),
  ])
  const gap = markdown.gap ?? gapIn(markdown.containers.slice(0, markdown.shown))
  return give(
    { ...markdown, gap },
    { text, marks: [...marks, { from: signs.length + 1, to: text.length, style: 'heading' }], hang: signs.length + 1 },
  )
}

function inParagraph(markdown: Markdown, { held }: Extract<Leaf, { type: 'paragraph' }>, text: string): Read {
  const table = held === undefined ? undefined : newTable(held, text)
  if (table) return { markdown: { ...markdown, leaf: { type: 'table', table } }, lines: [] }
  const before = withoutLeaf(markdown)
  if (text.includes('|'))
    return { markdown: { ...before.markdown, leaf: { type: 'paragraph', held: text } }, lines: before.lines }
  const now = give(before.markdown, textSaid(text))
  return after(before.lines, { ...now, markdown: { ...now.markdown, leaf: { type: 'paragraph' } } })
}

function textSaid(text: string): Said {
  const line = text.trimEnd()
  const [task, done] = TASK.exec(line) ?? []
  if (task === undefined) return { ...inlineOf(line), hang: line.length - line.trimStart().length }
  return { ...joined([styled(done === ' ' ? '☐ ' : '☑ '), inlineOf(line.slice(task.length))]), hang: 2 }
}

function inTable(markdown: Markdown, table: Table, text: string): Read {
  const before = isFull(table) ? tableSoFar(markdown, table) : { markdown, lines: [], table }
  const leaf: Leaf = { type: 'table', table: withRow(before.table, text) }
  return { markdown: { ...before.markdown, leaf }, lines: before.lines }
}

/** Gives out what there is of a table, which may go on. */
export function tableSoFar(markdown: Markdown, table: Table): Read & { table: Table } {
  const { markdown: next, lines } = withoutLeaf(markdown)
  const rest = emptied(table)
  return { markdown: { ...next, leaf: { type: 'table', table: rest } }, lines, table: rest }
}

function openFence(markdown: Markdown, at: { indent: number; fence: string }, name: string): Read {
  const leaf: Leaf = { type: 'fence', ...at, code: newCode(name) }
  const { markdown: next, lines } = name === '' ? { markdown, lines: [] } : give(markdown, styled(`  ${name}`, 'dim'))
  return { markdown: { ...next, leaf }, lines }
}

function inFence(markdown: Markdown, leaf: Extract<Leaf, { type: 'fence' }>, text: string): Read {
  const { fence, indent } = leaf
  const end = text.trim()
  const closes = end.length >= fence.length && end === fence.charAt(0).repeat(end.length) && !text.startsWith('    ')
  if (closes) return { markdown: { ...markdown, leaf: NO_LEAF }, lines: [] }
  const inner = text.slice(Math.min(indent, text.length - text.trimStart().length))
  const { code, said } = codeLine(leaf.code, inner)
  const hang = inner.length - inner.trimStart().length + 2
  const { markdown: next, lines } = give(markdown, { ...joined([styled('  '), said]), hang })
  return { markdown: { ...next, leaf: { ...leaf, code } }, lines }
}

function give(markdown: Markdown, said: Said): Read {
  const { place, lines } = placed(markdown, said)
  return { markdown: { ...place, leaf: markdown.leaf }, lines }
}

const after = (lines: readonly Line[], read: Read): Read => ({ ...read, lines: [...lines, ...read.lines] })
