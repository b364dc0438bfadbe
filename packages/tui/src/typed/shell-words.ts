/** The words of a line as a shell reads them, without expanding anything; undefined where a quote is not closed. */
export function shellWords(text: string): readonly string[] | undefined {
  const word = /\s*((?:[^\s'"\\]|\\[\s\S]|'[^']*'|"(?:[^"\\]|\\[\s\S])*")+)\s*/uy
  const found: string[] = []
  while (word.lastIndex < text.length) {
    const read = word.exec(text)
    if (read === null) return undefined
    found.push(unquoted(read[1] ?? ''))
  }
  return found
}

const unquoted = (word: string): string =>
  word.replaceAll(
    /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])/gu,
    (_, single?: string, double?: string, one?: string) =>
      single ?? double?.replaceAll(/\\(["\\$`])/gu, '$1') ?? one ?? '',
  )
