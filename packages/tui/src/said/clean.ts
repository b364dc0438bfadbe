const ESC = '\u001b'
const ST = `(?:\\u0007|\\u009c|${ESC}\\\\)`
/** CSI, then the string sequences (OSC, DCS, SOS, PM, APC), then two-byte ones. None reaches over a line's end. */
const SEQUENCES = new RegExp(
  [
    `(?:${ESC}\\[|\\u009b)[0-?]*[ -/]*[@-~]`,
    `(?:${ESC}[\\]PX^_]|[\\u009d\\u0090\\u0098\\u009e\\u009f])[^\\u0007\\u009c${ESC}]*${ST}`,
    `${ESC}[ -/]*[0-~]`,
  ].join('|'),
  'gu',
)
/** Controls, and what is invisible or turns the reading direction; joiners and variation selectors are parts of words and emoji. */
const UNSEEN =
  /[[\p{Cc}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]--[\u200c\u200d\ufe0e\ufe0f\u115f\u1160]]/gv

export const LINE_END = /\r\n|[\n\r\u2028\u2029]/gu

/** The lines of a text that somebody else wrote. What is before a line's end never changes when more text follows. */
export const linesOf = (text: string): string[] => text.split(LINE_END)

/**
 * One line as it may be shown: no escape sequence, control or invisible character is left, so it cannot move the
 * cursor, set a title, hide or reorder what a person is asked to approve. A tab becomes four spaces, a separator one.
 */
export const cleanLine = (line: string): string =>
  line
    .toWellFormed()
    .replaceAll('\t', '    ')
    .replace(/[\u2028\u2029]/gu, ' ')
    .replace(SEQUENCES, '')
    .replace(UNSEEN, '')

export const cleanLines = (text: string): string[] => linesOf(text).map(cleanLine)

/** Several lines as one. */
export const cleanInline = (text: string): string => cleanLines(text).join(' ').trim()
