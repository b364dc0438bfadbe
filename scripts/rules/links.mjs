const FENCED = /^( *```).*?^\1\s*$/gms
const LINK = /(?<!\\)\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)|(?:src|href)="([^"]+)"/g
const ELSEWHERE = /^(?:[a-z][a-z0-9+.-]*:|\/\/)/i

/** Every relative link of a page leads to a file or directory that is there, and every anchor to a heading of its page. */
export function links({ pages, places }) {
  const anchorsOf = new Map(pages.map(({ path, text }) => [path, anchors(text)]))
  return pages.flatMap(({ path, text }) =>
    linesOf(text).flatMap((line, at) =>
      linksIn(line).flatMap((link) => {
        const why = problem(link, path, { places, anchorsOf })
        return why ? [{ path, line: at + 1, message: `${link}: ${why}` }] : []
      }),
    ),
  )
}

function problem(link, from, { places, anchorsOf }) {
  if (ELSEWHERE.test(link)) return undefined
  const [file = '', anchor] = decodeURI(link).split('#')
  const path = file === '' ? from : resolved(from, file)
  if (path === undefined || !places.has(path)) return 'there is no such file'
  if (anchor === undefined) return undefined
  return anchorsOf.get(path)?.has(anchor) ? undefined : 'there is no such heading'
}

/** The path of a link, from the root of the repository; undefined outside of it. */
function resolved(from, file) {
  const steps = file.startsWith('/') ? [] : from.split('/').slice(0, -1)
  for (const step of file.split('/')) {
    if (step === '..' && steps.length === 0) return undefined
    if (step === '..') steps.pop()
    else if (step !== '.' && step !== '') steps.push(step)
  }
  return steps.join('/')
}

/** What GitHub calls the headings: in lower case, without marks, `-1` behind the second of a name. */
function anchors(text) {
  const seen = new Map()
  return new Set(
    linesOf(text).flatMap((line) => {
      const heading = /^#{1,6} +(.*?)\s*#*$/.exec(line)?.[1]
      if (heading === undefined) return []
      const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/&lt;|&gt;/g, '')
      const name = plain
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-')
      const before = seen.get(name) ?? 0
      seen.set(name, before + 1)
      return [before === 0 ? name : `${name}-${before}`]
    }),
  )
}

/** Without what is shown as it is written; the lines keep their numbers. */
const linesOf = (text) => text.replace(FENCED, (block) => block.replace(/[^\n]/g, '')).split('\n')

const linksIn = (line) => [...line.replace(/`[^`]*`/g, '').matchAll(LINK)].map(([, markdown, html]) => markdown ?? html)
