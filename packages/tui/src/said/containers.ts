/** What a block stands in. Columns count from where the container itself begins. */
export type Container =
  | { readonly type: 'quote' }
  | {
      readonly type: 'item'
      /** Where its sign stands, and where its content begins. */
      readonly sign: number
      readonly content: number
      /** How its sign ends (`-`, `*`, `+`, `.`, `)`), and the number of an ordered one. */
      readonly kind: string
      readonly number?: number
    }
type Item = Extract<Container, { type: 'item' }>

const QUOTE = /^ {0,3}> ?/u
const ITEM = /^( {0,3})([-+*]|(\d{1,9})([.)]))( +|$)/u
const RULE = /^ {0,3}([-*_])(?: *\1){2,} *$/u

/** The containers of a line that go on from the last one, and the rest of the line. */
export function goingOn(containers: readonly Container[], line: string): { depth: number; rest: string } {
  let rest = line
  for (const [depth, container] of containers.entries()) {
    const inner = container.type === 'quote' ? unquoted(rest) : indented(container, rest)
    if (inner === undefined) return { depth, rest }
    rest = inner
  }
  return { depth: containers.length, rest }
}

/**
 * The container that begins a line, if one does. `sibling` is the item that ended here: the next one of its list counts
 * on from it, whatever number it has.
 */
export function beginning(
  line: string,
  sibling: Container | undefined,
  inParagraph: boolean,
): { container: Container; rest: string } | undefined {
  const rest = unquoted(line)
  if (rest !== undefined) return { container: { type: 'quote' }, rest }
  const [all, before = '', sign = '', digits, end, gap = ''] = isRule(line) ? [] : (ITEM.exec(line) ?? [])
  if (all === undefined) return undefined
  const text = line.slice(all.length)
  // Else a number at the start of a line would make a list of any sentence.
  if (inParagraph && sibling === undefined && (text === '' || (digits !== undefined && digits !== '1')))
    return undefined
  const space = gap.length > 4 || text === '' ? 1 : gap.length
  const item: Item = {
    type: 'item',
    sign: before.length,
    content: before.length + sign.length + space,
    kind: end ?? sign,
  }
  const follows = sibling?.type === 'item' && sibling.kind === item.kind ? sibling.number : undefined
  const number = digits === undefined ? {} : { number: follows === undefined ? Number(digits) : follows + 1 }
  return { container: { ...item, ...number }, rest: gap.slice(space) + text }
}

export const isRule = (line: string): boolean => RULE.test(line)

const unquoted = (line: string): string | undefined => {
  const sign = QUOTE.exec(line)?.[0]
  return sign === undefined ? undefined : line.slice(sign.length)
}

/** What of a line belongs to an item. A list in it may stand two columns in, as many write it below `1.`. */
function indented(item: Item, line: string): string | undefined {
  if (line.trim() === '') return ''
  const indent = line.length - line.trimStart().length
  if (indent >= item.content) return line.slice(item.content)
  const list = ITEM.test(line.trimStart()) && !isRule(line)
  return list && indent >= item.sign + 2 ? line.trimStart() : undefined
}
