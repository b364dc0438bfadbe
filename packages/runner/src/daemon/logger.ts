import { appendFileSync, closeSync, openSync, renameSync, statSync, writeSync } from 'node:fs'
import type { Redactor } from '@nacre/kit'
import type { World } from '@nacre/types'

/** One line a fact: time, level, what happened, then `key=value`. Never a secret, never content of a conversation. */
export type Logger = {
  info(message: string, facts?: Facts): void
  warn(message: string, facts?: Facts): void
}
type Facts = Readonly<Record<string, string | number | boolean | undefined>>

const FILE_BYTES = 8 * 1024 * 1024
const LINE_CHARS = 4000

/** Writes to `path` (at 8 MiB the old file becomes `path.1`) and, in the foreground, to stderr too; known secrets are taken out. */
export function fileLogger(path: string, world: World, redactor: Redactor, foreground: boolean): Logger {
  closeSync(openSync(path, 'a', 0o600))
  const told = (text: string) => oneLine(redactor.text(text))
  const write = (level: string, message: string, facts: Facts = {}) => {
    const line = `${new Date(world.now()).toISOString()} ${level} ${told(message)}${factsText(facts, told)}\n`
    rotate(path)
    // A full disk or a closed terminal costs a line of the log, not the daemon.
    attempt(() => appendFileSync(path, line, { mode: 0o600 }))
    if (foreground) attempt(() => writeSync(2, line))
  }
  return {
    info: (message, facts) => write('info', message, facts),
    warn: (message, facts) => write('warn', message, facts),
  }
}

const rotate = (path: string) =>
  attempt(() => {
    if (statSync(path).size > FILE_BYTES) renameSync(path, `${path}.1`)
  })

function attempt(action: () => unknown): void {
  try {
    action()
  } catch {
    // Nobody can be told: this is the place where it would be said.
  }
}

const factsText = (facts: Facts, told: (text: string) => string) =>
  Object.entries(facts)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}=${typeof value === 'string' ? JSON.stringify(told(value)) : value}`)
    .join('')

/** A line from a guest must not be able to forge another. Cut after redaction: half a secret is not known any more. */
const oneLine = (text: string) => text.replace(/\p{Cc}/gu, ' ').slice(0, LINE_CHARS)
