const ESC = '\u001b'
const TOKENS = new RegExp(`${ESC}\\[[?\\d;]*[@A-Za-z]|${ESC}[78]|[\\s\\S]`, 'gu')
const PARTS = new RegExp(`^${ESC}\\[([?\\d;]*)([@A-Za-z])$`, 'u')

/**
 * A terminal as small as our output needs: rows that scroll off its top are kept and can never be changed again. It
 * throws on any sequence that we have no business to write (clearing the screen or the scrollback among them).
 */
export function vtScreen(columns: number, rows: number) {
  const scrollback: string[] = []
  const grid: string[][] = [[]]
  let row = 0
  let column = 0
  let wraps = true
  let saved = { row: 0, column: 0 }
  const modes = new Set<string>(['?25', '?7'])

  const line = () => {
    grid[row] ??= []
    return grid[row] as string[]
  }
  const down = () => {
    row++
    line()
    if (grid.length <= rows) return
    scrollback.push(textOf(grid.shift() ?? []))
    row--
  }
  const put = (char: string) => {
    const size = wide(char) ? 2 : 1
    if (column + size > columns) {
      if (wraps) {
        down()
        column = 0
      } else column = columns - size
    }
    const cells = line()
    while (cells.length < column) cells.push(' ')
    cells[column] = char
    if (size === 2) cells[column + 1] = ''
    column += size
  }
  const sequence = (text: string): void => {
    const [, parameters = '', final = ''] = PARTS.exec(text) ?? []
    if (final === 'A') row = Math.max(0, row - Number(parameters || 1))
    else if (final === 'F') {
      row = Math.max(0, row - Number(parameters || 1))
      column = 0
    } else if (final === 'B') row = Math.min(rows - 1, row + Number(parameters || 1))
    else if (final === 'G') column = Number(parameters || 1) - 1
    else if (final === '@') {
      const cells = line()
      while (cells.length < column) cells.push(' ')
      cells.splice(column, 0, ...Array.from({ length: Number(parameters || 1) }, () => ' '))
      cells.length = Math.min(cells.length, columns)
    } else if (final === 'K' && parameters === '') line().length = Math.min(line().length, column)
    else if (final === 'J' && parameters === '') {
      line().length = Math.min(line().length, column)
      grid.length = row + 1
    } else if (final === 'L') {
      // Rows are pushed out at the bottom, and never into the scrollback.
      grid.splice(row, 0, ...Array.from({ length: Number(parameters || 1) }, () => []))
      grid.length = Math.min(grid.length, rows)
    } else if (final === 'M') {
      grid.splice(row, Number(parameters || 1))
      line()
    } else if (final === 'h' || final === 'l') {
      if (final === 'h') modes.add(parameters)
      else modes.delete(parameters)
      wraps = modes.has('?7')
    } else if (final !== 'm') throw new Error(`the screen got ${JSON.stringify(text)}`)
  }

  return {
    modes,
    scrollback,
    write(text: string): void {
      for (const [token] of text.matchAll(TOKENS)) {
        if (token === `${ESC}7`) saved = { row, column }
        else if (token === `${ESC}8`) {
          row = saved.row
          column = saved.column
        } else if (token.length > 1 && token.startsWith(ESC)) sequence(token)
        else if (token === '\r') column = 0
        else if (token === '\n') down()
        else if (/\p{Cc}/u.test(token)) throw new Error(`the screen got the control character ${JSON.stringify(token)}`)
        else put(token)
      }
    },
    /** What a person sees, without the blank rows at the end. */
    screen: (): string => grid.map(textOf).join('\n').trimEnd(),
    /** That, and everything that scrolled off. */
    all: (): string => [...scrollback, ...grid.map(textOf)].join('\n').trimEnd(),
    cursor: () => ({ row, column }),
  }
}

const textOf = (cells: readonly string[]): string =>
  Array.from(cells, (cell) => cell ?? ' ')
    .join('')
    .trimEnd()
const wide = (char: string): boolean =>
  /[\u1100-\u115f\u2e80-\ud7ff\uf900-\ufaff\uff00-\uff60]|\p{Emoji_Presentation}/u.test(char)
