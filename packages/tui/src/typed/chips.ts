import { cleanInline } from '../said/clean.js'
import type { Attachment } from './attachment.js'

/** What stands in the typed text as one character, and is shown as a label: a large paste, or something attached. */
export type Chip =
  /** Its lines are counted once: it may be long, and its label is drawn with every key. */
  | { readonly type: 'paste'; readonly text: string; readonly lines: number }
  | { readonly type: 'attachment'; readonly attachment: Attachment }

export const pasteChip = (text: string): Chip => ({ type: 'paste', text, lines: text.split('\n').length })

/** A chip's character is private use that no font has a sign for: U+10F000 and up, by its place in the list. */
const FIRST = 0x10f000
export const CHIPS_MOST = 0xf00
const CHIP = /[\u{10f000}-\u{10ffff}]/gu

export const chipCharacter = (index: number): string => String.fromCodePoint(FIRST + index)

/** Text from outside: with plain newlines, and no character that would be a chip. */
export const plainText = (text: string): string => text.replaceAll(/\r\n?/gu, '\n').replaceAll(CHIP, '\ufffd')

/** The text cut before and behind each chip. */
export const piecesOf = (text: string): readonly string[] => text.split(/([\u{10f000}-\u{10ffff}])/u)

export const hasChips = (text: string): boolean => text.search(CHIP) >= 0

/** The place in the list of the chip that a character is. */
export function chipPlace(character: string): number | undefined {
  const code = character.codePointAt(0) ?? 0
  return code >= FIRST ? code - FIRST : undefined
}

/** The text with what `write` makes of each chip in its place. */
export const expanded = (text: string, chips: readonly Chip[], write: (chip: Chip, index: number) => string): string =>
  text.replaceAll(CHIP, (character) => {
    const index = (character.codePointAt(0) ?? 0) - FIRST
    const chip = chips[index]
    return chip ? write(chip, index) : ''
  })

/** A chip as a person sees it, counted among its kind: `[paste 1: 1,234 lines]`, `[image 1: cat.png, 120 KB]`. */
export function chipLabel(chips: readonly Chip[], index: number): string {
  const chip = chips[index]
  if (chip === undefined) return '[?]'
  const kind = kindOf(chip)
  const number = chips.slice(0, index + 1).filter((other) => kindOf(other) === kind).length
  return `[${kind} ${number}: ${chip.type === 'paste' ? extentOf(chip) : attachmentWords(chip.attachment)}]`
}

const kindOf = (chip: Chip): string =>
  chip.type === 'paste' ? 'paste' : (KINDS[chip.attachment.mediaType.split('/')[0] ?? ''] ?? 'file')

const KINDS: Readonly<Record<string, string>> = { image: 'image', audio: 'audio' }

const grouped = (count: number): string => count.toLocaleString('en-US')

const extentOf = ({ text, lines }: Chip & { type: 'paste' }): string =>
  lines > 1 ? `${grouped(lines)} lines` : `${grouped(text.length)} characters`

function attachmentWords({ name, sizeBytes }: Attachment): string {
  const clean = cleanInline(name)
  const shown = clean.length > 40 ? `${clean.slice(0, 39).toWellFormed()}…` : clean
  return `${shown}, ${sizeWords(sizeBytes)}`
}

function sizeWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}
