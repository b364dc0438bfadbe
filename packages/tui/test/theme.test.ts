import { describe, expect, it } from 'vitest'
import type { Row } from '../dist/drawn/line.js'
import { paint, themeOf } from '../dist/drawn/theme.js'

const COLOURS = themeOf({ noColor: false, background: 'unknown', depth: '16' })
const SHADED = (['dark', 'light'] as const).flatMap((background) =>
  (['256', 'truecolor'] as const).map((depth) => ({ background, depth })),
)

describe('a theme', () => {
  it('without colour marks nothing', () => {
    const theme = themeOf({ noColor: true, background: 'dark', depth: 'truecolor' })
    expect(Object.values(theme).every((sgr) => sgr === '')).toBe(true)
  })

  it('of a terminal that has no colours has shapes only', () => {
    for (const sgr of Object.values(themeOf({ noColor: false, background: 'dark', depth: 'none' })))
      expect(sgr).toMatch(/^[12349]?$/u)
  })

  it('of sixteen colours has only those that can be read on black and on white', () => {
    for (const background of ['dark', 'light', 'unknown'] as const)
      for (const sgr of Object.values(themeOf({ noColor: false, background, depth: '16' })))
        for (const code of sgr.split(';')) expect(['', '1', '2', '3', '4', '9', '31', '32', '35', '36']).toContain(code)
  })

  it('of an unknown background keeps to the sixteen, however many there are', () => {
    expect(themeOf({ noColor: false, background: 'unknown', depth: 'truecolor' })).toEqual(COLOURS)
  })

  it.each(SHADED)('has a contrast of 4.5 : 1 on backgrounds that are $background, in $depth', (colours) => {
    const backgrounds =
      colours.background === 'dark'
        ? [
            [0, 0, 0],
            [48, 48, 48],
          ]
        : [
            [255, 255, 255],
            [232, 232, 232],
          ]
    const theme = themeOf({ noColor: false, ...colours })
    const shades = Object.values(theme).flatMap((sgr) => rgbOf(sgr) ?? [])
    expect(shades.length).toBeGreaterThan(10)
    for (const shade of shades)
      for (const background of backgrounds) expect(contrast(shade.rgb, background)).toBeGreaterThanOrEqual(4.5)
  })
})

describe('painting', () => {
  const row: Row = {
    text: 'a bold and 漢',
    tone: 'plain',
    marks: [
      { from: 2, to: 6, style: 'strong' },
      { from: 4, to: 10, style: 'link' },
    ],
  }

  it('adds the styles up where they overlap', () => {
    expect(paint(row, COLOURS)).toBe('a \u001b[1mbo\u001b[m\u001b[1;4;36mld\u001b[m\u001b[4;36m and\u001b[m 漢')
  })

  it('from a unit on paints what stands there as the whole would', () => {
    expect(paint(row, COLOURS, 5)).toBe('\u001b[1;4;36md\u001b[m\u001b[4;36m and\u001b[m 漢')
    expect(paint(row, COLOURS, row.text.length)).toBe('')
  })

  it('of a theme without colour is the text', () => {
    expect(paint({ ...row, tone: 'error' }, themeOf({ noColor: true, background: 'dark', depth: '16' }))).toBe(row.text)
  })
})

type Rgb = readonly number[]

function rgbOf(sgr: string): { rgb: Rgb } | undefined {
  const [, index] = /38;5;(\d+)/u.exec(sgr) ?? []
  return index === undefined ? undefined : { rgb: indexed(Number(index)) }
}

/** The colour cube and the ramp of greys of xterm. */
function indexed(index: number): Rgb {
  if (index >= 232) return Array.from({ length: 3 }, () => 8 + (index - 232) * 10)
  const cube = index - 16
  return [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((n) => (n === 0 ? 0 : 55 + n * 40))
}

/** WCAG 2, relative luminance. */
function contrast(a: Rgb, b: Rgb): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].toSorted((one, other) => one - other)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(rgb: Rgb): number {
  const [r = 0, g = 0, b = 0] = rgb.map((value) => {
    const part = value / 255
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
