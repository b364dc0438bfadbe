const PART = /<!-- made: (.*?) -->\n([\s\S]*?)<!-- \/made -->/g

/** A page with each part between `<!-- made: NAME ARGUMENTS -->` and `<!-- /made -->` written anew by the maker of that name. */
export function filled(page, makers) {
  return page.replace(PART, (_, words, before) => {
    const [name, ...args] = words.split(' ')
    const make = makers[name]
    if (make === undefined) throw new Error(`nothing makes a part "${name}"`)
    // Or what stands between this part and the next would be lost.
    if (before.includes('<!-- made:')) throw new Error(`the part "${words}" has no end`)
    return [`<!-- made: ${words} -->`, '', ...make(...args), '', '<!-- /made -->'].join('\n')
  })
}

/** The arguments of all parts of that name, in order. */
export const argumentsOf = (page, name) =>
  [...page.matchAll(PART)].flatMap(([, words]) => {
    const [first, ...args] = words.split(' ')
    return first === name ? args : []
  })

/** Lines of a table as a formatter would have them. */
export function tableOf(rows) {
  const cells = rows.map((row) => row.map((text) => text.replaceAll('|', '\\|')))
  const widths = cells[0].map((_, column) => Math.max(3, ...cells.map((row) => row[column].length)))
  const line = (row) => `| ${row.map((text, at) => text.padEnd(widths[at])).join(' | ')} |`
  const [head, ...others] = cells.map(line)
  return [head, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...others]
}
