/** A line of the daemon's log, taken apart again. One that is none of ours is a message without a time. */
export type LogLine = {
  readonly at: string | null
  readonly level: 'info' | 'warn' | null
  readonly message: string
  readonly facts: Readonly<Record<string, string | number | boolean>>
}

const HEAD = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (info|warn) (.*)$/s
const FACT = / ([A-Za-z_]\w*)=("(?:[^"\\]|\\.)*"|-?[\d.]+(?:e[+-]?\d+)?|true|false)/y

/** What the logger has written, by the same rules: the facts are the longest end of the line that reads as such. */
export function parseLogLine(line: string): LogLine {
  const [, at, level, rest = ''] = HEAD.exec(line) ?? []
  if (at === undefined || (level !== 'info' && level !== 'warn'))
    return { at: null, level: null, message: line, facts: {} }
  for (let from = rest.indexOf(' '); from !== -1; from = rest.indexOf(' ', from + 1)) {
    const facts = factsFrom(rest, from)
    if (facts) return { at, level, message: rest.slice(0, from), facts }
  }
  return { at, level, message: rest, facts: {} }
}

function factsFrom(text: string, from: number): LogLine['facts'] | undefined {
  const facts: Record<string, string | number | boolean> = {}
  FACT.lastIndex = from
  for (let read = from; read < text.length; read = FACT.lastIndex) {
    const [, name, value] = FACT.exec(text) ?? []
    if (name === undefined || value === undefined) return undefined
    const fact = parsed(value)
    if (fact === undefined) return undefined
    facts[name] = fact
  }
  return facts
}

function parsed(value: string): string | number | boolean | undefined {
  try {
    return JSON.parse(value)
  } catch {
    return undefined // Cut in the middle of an escape.
  }
}
