import type { Row, Tone } from './line.js'

/** What a piece of a line is to its reader. */
export type Style = Tone | MarkupStyle | CodeStyle
type MarkupStyle = 'heading' | 'strong' | 'emphasis' | 'strike' | 'code' | 'link' | 'added' | 'removed' | 'ruled'
type CodeStyle = 'keyword' | 'string' | 'number' | 'comment' | 'name' | 'type'

/** SGR parameters of each style; a style without any is ''. */
export type Theme = Readonly<Record<Style, string>>

export type Colours = {
  /** NO_COLOR is set: then there is no bold either. */
  readonly noColor: boolean
  readonly background: 'dark' | 'light' | 'unknown'
  readonly depth: 'none' | '16' | '256' | 'truecolor'
}

/** What needs no colour; and what has the same one of the sixteen whatever the background is. */
const SHAPES: Theme = {
  plain: '',
  user: '1',
  tool: '',
  dim: '2',
  warn: '',
  error: '1',
  ask: '1',
  heading: '1',
  strong: '1',
  emphasis: '3',
  strike: '9',
  code: '',
  link: '4',
  added: '',
  removed: '',
  // There are many of them in a table, and a shade of grey would be thrice as long.
  ruled: '2',
  keyword: '',
  string: '',
  number: '',
  comment: '2',
  name: '',
  type: '',
}

/**
 * The sixteen have the person's own shades. Of these only four can be read on black as well as on white: white, black
 * and yellow vanish on one of them, blue nearly does, and the bright ones are somebody's background.
 */
const SIXTEEN: Theme = {
  ...SHAPES,
  user: '1;36',
  tool: '36',
  warn: '35',
  error: '31',
  ask: '1;35',
  heading: '1;36',
  code: '36',
  link: '4;36',
  added: '32',
  removed: '31',
  keyword: '35',
  string: '32',
  number: '36',
  name: '36',
}

type Shades = Readonly<Record<'cyan' | 'blue' | 'green' | 'red' | 'amber' | 'violet' | 'grey', number>>

/**
 * Each has a contrast of at least 4.5 : 1, on black to #303030 and on white to #e8e8e8. Terminals of sixteen million
 * colours get them by their number, too: it is half as long.
 */
const ON_DARK: Shades = { cyan: 80, blue: 111, green: 114, red: 210, amber: 179, violet: 183, grey: 248 }
const ON_LIGHT: Shades = { cyan: 23, blue: 25, green: 22, red: 124, amber: 94, violet: 90, grey: 240 }

/** How a terminal shows each style, by what is known of it. Without colour nothing is marked: signs and indentation stay. */
export function themeOf({ noColor, background, depth }: Colours): Theme {
  if (noColor) return bare()
  if (depth === 'none') return SHAPES
  if (depth === '16' || background === 'unknown') return SIXTEEN
  const shades = background === 'dark' ? ON_DARK : ON_LIGHT
  return shaded((name) => `38;5;${shades[name]}`)
}

const bare = (): Theme => ({
  ...SHAPES,
  user: '',
  dim: '',
  error: '',
  ask: '',
  heading: '',
  strong: '',
  emphasis: '',
  strike: '',
  link: '',
  ruled: '',
  comment: '',
})

const shaded = (shade: (name: keyof Shades) => string): Theme => ({
  ...SHAPES,
  user: `1;${shade('cyan')}`,
  tool: shade('cyan'),
  dim: shade('grey'),
  warn: shade('amber'),
  error: shade('red'),
  ask: `1;${shade('amber')}`,
  heading: `1;${shade('blue')}`,
  code: shade('cyan'),
  link: `4;${shade('blue')}`,
  added: shade('green'),
  removed: shade('red'),
  keyword: shade('violet'),
  string: shade('green'),
  number: shade('amber'),
  comment: shade('grey'),
  name: shade('blue'),
  type: shade('cyan'),
})

/** A row in its colours, from the UTF-16 unit `from` on, which begins a character. */
export function paint(row: Row, theme: Theme, from = 0): string {
  const { text, tone, marks = [] } = row
  const bounds = [from, ...marks.flatMap((mark) => [mark.from, mark.to]), text.length]
  const ends = [...new Set(bounds)].filter((at) => at >= from && at <= text.length).sort((a, b) => a - b)
  let painted = ''
  for (const [index, start] of ends.slice(0, -1).entries()) {
    const piece = text.slice(start, ends[index + 1])
    const styles = marks.filter((mark) => mark.from <= start && start < mark.to).map(({ style }) => theme[style])
    const sgr = [theme[tone], ...styles].filter((code) => code !== '').join(';')
    painted += sgr === '' ? piece : `\u001b[${sgr}m${piece}\u001b[m`
  }
  return painted
}
