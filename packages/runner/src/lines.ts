const LINE_CHARS = 1024 * 1024

/** Whole lines of a text stream, LF only; one that grows beyond 1 Mi characters is handed on in pieces. */
export function onLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line) onLine(line)
    if (rest.length > LINE_CHARS) {
      onLine(rest)
      rest = ''
    }
  })
}
