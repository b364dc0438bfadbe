import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { svgOf } from './support/ansi-svg.ts'

const DOCS = new URL('../../../docs/gallery/', import.meta.url)
const picture = { cursor: [2, 0], columns: 20, rows: 3, light: false, title: 'rows' }
const pieces = (svg: string) =>
  Array.from(svg.matchAll(/<text x="([\d.]+)"[^>]*>([^<]*)</gu), ([, x, text]) => [x, text])

describe('a picture of a terminal', () => {
  it('has each piece in its column, wide ones too', () => {
    const svg = svgOf({ ...picture, text: 'ab  漢 c' })
    expect(pieces(svg)).toEqual([
      ['12.0', 'ab'],
      ['45.6', '漢'],
      ['70.8', 'c'],
    ])
  })

  it('keeps a colour over the ends of rows until it is reset', () => {
    const svg = svgOf({ ...picture, text: '\u001b[38;2;255;0;16mred\nred\u001b[0m no' })
    expect(svg.match(/fill="#ff0010"/gu)).toHaveLength(2)
  })

  it('holds nothing but text: no markup, no other sequence, and no more than a screen', () => {
    const svg = svgOf({ ...picture, columns: 5000, rows: 5000, text: '<b>&\u001b[2Jx\n'.repeat(5000) })
    expect(svg).toContain('&lt;b&gt;&amp;')
    expect(svg).not.toContain('\u001b')
    expect(pieces(svg).length).toBeLessThanOrEqual(300)
    expect(svg).toContain('width="2544"')
  })
})

it('the gallery shows every picture that there is, and no other', () => {
  const shown = Array.from(
    readFileSync(new URL('README.md', DOCS), 'utf8').matchAll(/\]\(([^)]+\.svg)\)/gu),
    ([, name]) => name,
  )
  expect(shown.toSorted()).toEqual(
    readdirSync(DOCS)
      .filter((name) => name.endsWith('.svg'))
      .sort(),
  )
})
