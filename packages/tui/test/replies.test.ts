import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { replyOf } from '../dist/drawn/replies.js'

const ESC = '\u001b'

describe('what a terminal answers', () => {
  it.each([
    ['1', true],
    ['2', true],
    ['0', false],
    ['3', false],
    ['4', false],
  ])('to whether it knows synchronized output: %s is %s', (value, supported) => {
    expect(replyOf(`${ESC}[?2026;${value}$y`)).toEqual({ type: 'synchronized', supported })
  })

  it.each([
    ['rgb:0000/0000/0000', 'dark'],
    ['rgb:ffff/ffff/ffff', 'light'],
    ['rgb:1e/1e/2e', 'dark'],
    ['rgb:fd/f6/e3', 'light'],
    // Pure blue is dark to an eye, pure yellow is light.
    ['rgb:0000/0000/ffff', 'dark'],
    ['rgb:fff/fff/000', 'light'],
  ])('of its background: %s is %s, whichever way the answer ends', (rgb, background) => {
    for (const end of ['\u0007', `${ESC}\\`])
      expect(replyOf(`${ESC}]11;${rgb}${end}`)).toEqual({ type: 'background', background })
  })

  it('to what it is: then everything that was asked before is answered', () => {
    for (const attributes of ['62', '1;2', '64;1;2;6;9;15;16;17;18;21;22', ''])
      expect(replyOf(`${ESC}[?${attributes}c`)).toEqual({ type: 'done' })
  })

  it('to where its cursor is, in its last column', () => {
    expect(replyOf(`${ESC}[17;80R`)).toEqual({ type: 'place', row: 17, columns: 80 })
  })

  it('to something that we did not ask is nothing', () => {
    for (const other of [
      `${ESC}[?2027;1$y`,
      `${ESC}]10;rgb:00/00/00\u0007`,
      `${ESC}]11;red\u0007`,
      `${ESC}[>41;0c`,
      '',
    ])
      expect(replyOf(other)).toBeUndefined()
    fc.assert(fc.property(fc.string(), (text) => replyOf(text) === undefined))
  })
})
