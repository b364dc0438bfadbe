import { readFileSync } from 'node:fs'

const ROOT = new URL('../../../', import.meta.url)

/** A page by its path in the repository. */
export const pageText = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8')

export const directoryOf = (path: string): string => new URL('.', new URL(path, ROOT)).pathname

export type Block = { readonly language: string; readonly text: string; readonly line: number }

/** The fenced blocks of a page, in order; `line` is where the fence stands. */
export function blocksOf(page: string): readonly Block[] {
  const blocks: Block[] = []
  let open: { language: string; lines: string[]; line: number } | undefined
  for (const [at, line] of page.split('\n').entries()) {
    const fence = /^\s*```(\w*)\s*$/u.exec(line)
    if (fence && open) {
      blocks.push({ language: open.language, text: open.lines.map((each) => `${each}\n`).join(''), line: open.line })
      open = undefined
    } else if (fence) open = { language: fence[1] ?? '', lines: [], line: at + 1 }
    else open?.lines.push(line)
  }
  if (open) throw new Error(`a fence of line ${open.line} is not closed`)
  return blocks
}

export type Typed = { readonly line: string; readonly comment: string }

/** What a page says to type: the lines of its `sh` blocks, without comments and empty lines. */
export const typedLines = (page: string): readonly Typed[] =>
  blocksOf(page)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.split('\n'))
    .map((line) => {
      const [, typed = '', comment = ''] = /^(.*?)(?:(?:^|\s)#\s?(.*))?$/u.exec(line) ?? []
      return { line: typed.trim(), comment }
    })
    .filter(({ line }) => line !== '')
