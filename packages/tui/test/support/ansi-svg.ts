import { graphemes, graphemeWidth } from '../../dist/drawn/width.js'

/** What a terminal shows: rows with SGR sequences, and the cursor's place. */
export type Picture = {
  readonly text: string
  readonly cursor: readonly number[]
  readonly columns: number
  readonly rows: number
  readonly light: boolean
  /** What it is for those who do not see it. */
  readonly title: string
}
type Look = {
  readonly fg?: string
  readonly bold?: boolean
  readonly dim?: boolean
  readonly italic?: boolean
  readonly line?: string
}
type Run = {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly text: string
  readonly look: Look
}

const CELL = { width: 8.4, height: 18, base: 13.5 }
const PAD = 12
/** No screen is larger. */
const MOST = { columns: 300, rows: 100 }
const FONT = "'DejaVu Sans Mono', Menlo, Consolas, 'Noto Sans Mono CJK SC', 'Noto Color Emoji', monospace"
const DARK = { back: '#16181d', fore: '#d8dbe2', dim: '#9aa0ac' }
const LIGHT = { back: '#ffffff', fore: '#24272e', dim: '#5c6370' }
const SIXTEEN = ['#3b4048', '#e06c75', '#7fb86a', '#c9a55c', '#61a0e0', '#c678dd', '#4fb3bf', '#d8dbe2']
const SIXTEEN_LIGHT = ['#24272e', '#b3261e', '#1a7f37', '#7a5c00', '#0b57d0', '#8b2f8b', '#00696f', '#57606a']
const CUBE = [0, 95, 135, 175, 215, 255]

/** A screen as an SVG of its own; every character stands in its column whatever the font is. */
export function svgOf({ text, cursor, columns, rows, light, title }: Picture): string {
  const shown = light ? LIGHT : DARK
  const [width, height] = [Math.min(columns, MOST.columns), Math.min(rows, MOST.rows)]
  const size = { x: width * CELL.width + 2 * PAD, y: height * CELL.height + 2 * PAD }
  const body = runsOf(text.split('\n').slice(0, height), light, width).map((run) => textOf(run, shown))
  const [x = 0, y = 0] = cursor
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.x}" height="${size.y}" viewBox="0 0 ${size.x} ${size.y}" role="img" aria-labelledby="title">`,
    `<title id="title">${escaped(title)}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="${shown.back}"/>`,
    `<rect x="${at(x)}" y="${PAD + y * CELL.height + 1}" width="${CELL.width}" height="${CELL.height - 2}" fill="${shown.fore}" opacity="0.55"/>`,
    `<g font-family="${FONT}" font-size="14" xml:space="preserve" style="white-space:pre">`,
    ...body,
    '</g>',
    '</svg>',
    '',
  ].join('\n')
}

const at = (x: number): string => (PAD + x * CELL.width).toFixed(1)

function textOf({ x, y, width, text, look }: Run, { fore, dim }: typeof DARK): string {
  const fill = look.fg ?? (look.dim ? dim : fore)
  const more = [
    ...(look.bold ? ['font-weight="bold"'] : []),
    ...(look.italic ? ['font-style="italic"'] : []),
    ...(look.line ? [`text-decoration="${look.line}"`] : []),
  ].join(' ')
  const place = `x="${at(x)}" y="${(PAD + y * CELL.height + CELL.base).toFixed(1)}" textLength="${(width * CELL.width).toFixed(1)}"`
  return `<text ${place} fill="${fill}"${more && ` ${more}`}>${escaped(text)}</text>`
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Rows as pieces that look the same; a character that is no ordinary one stands alone. A look goes on over the rows' ends. */
function runsOf(rows: readonly string[], light: boolean, columns: number): readonly Run[] {
  const runs: Run[] = []
  let look: Look = {}
  for (const [y, row] of rows.entries()) {
    let x = 0
    const say = (text: string, width: number) => {
      if (text.trim() !== '' && x + width <= columns) {
        const shown = text.trim()
        const before = text.length - text.trimStart().length
        runs.push({ x: x + before, y, width: width - text.length + shown.length, text: shown, look })
      }
      x += width
    }
    for (const piece of row.split(SEQUENCE)) {
      const sgr = SGR.exec(piece)?.[1]
      if (sgr !== undefined) look = looking(look, sgr, light)
      // What is no SGR sequence is not shown.
      if (!piece.startsWith(ESC)) for (const [text, width] of piecesOf(piece)) say(text, width)
    }
  }
  return runs
}

const piecesOf = (text: string): readonly (readonly [text: string, width: number])[] =>
  text
    .split(/([^ -~]|\s{2,})/u)
    .filter((part) => part !== '')
    .flatMap((part) =>
      /^[ -~]*$/u.test(part)
        ? [[part, part.length] as const]
        : graphemes(part).map((one) => [one, graphemeWidth(one)] as const),
    )

const ESC = '\u001b'
const SEQUENCE = new RegExp(`(${ESC}\\[[0-9;:?]*[A-Za-z])`, 'u')
const SGR = new RegExp(`^${ESC}\\[([0-9;]*)m$`, 'u')

function looking(before: Look, sgr: string, light: boolean): Look {
  const codes = sgr.split(';').map(Number)
  let look = before
  for (let code = codes.shift(); code !== undefined; code = codes.shift()) {
    if (code === 0) look = {}
    else if (code === 1) look = { ...look, bold: true }
    else if (code === 2) look = { ...look, dim: true }
    else if (code === 3) look = { ...look, italic: true }
    else if (code === 4) look = { ...look, line: 'underline' }
    else if (code === 9) look = { ...look, line: 'line-through' }
    else if (code >= 30 && code <= 37) look = { ...look, fg: (light ? SIXTEEN_LIGHT : SIXTEEN)[code - 30] ?? '' }
    else if (code === 39) look = without(look)
    else if (code === 38) look = { ...look, fg: colourOf(codes) }
  }
  return look
}

function without({ fg: _, ...look }: Look): Look {
  return look
}

/** What follows a 38: a colour of the 256, or red, green and blue. */
function colourOf(codes: number[]): string {
  const [kind = 0] = codes.splice(0, 1)
  if (kind === 2) return hex(codes.splice(0, 3))
  const [index = 0] = codes.splice(0, 1)
  if (index >= 232) return hex(Array.from({ length: 3 }, () => 8 + 10 * (index - 232)))
  const cube = index - 16
  return hex([Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((step) => CUBE[step] ?? 0))
}

const hex = (rgb: readonly number[]): string =>
  `#${rgb.map((part) => Math.min(255, part).toString(16).padStart(2, '0')).join('')}`
