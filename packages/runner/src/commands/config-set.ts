import { Fault } from '@nacre/types'
import { EXIT } from '../command-line/exit.js'
import { type Change, type Changed, changeKeys, pathOf } from '../config/change.js'
import type { Kind } from '../config/doc.js'
import { takesSecret } from '../config/effective.js'
import { dotted } from '../config/key-path.js'
import { KINDS } from '../config/keys.js'
import { typedKey } from '../config/typed-key.js'
import { valueIn } from '../config/variables.js'
import { daemonStatus } from '../daemon/control.js'
import { aroundOf } from './around.js'
import { type CommandContext, print, printJson } from './context.js'
import { counted } from './counted.js'
import { pipedText } from './piped.js'

/** Keys and values by turns: all of them are set, or none. */
export async function set(context: CommandContext): Promise<number> {
  const { words, flags } = context
  if (words.length % 2 !== 0)
    throw new Fault('invalid_input', `${words.at(-1)} has no value.`, {
      mend: `A key and a value, by turns: ${context.program} config set budget.day_usd 5`,
    })
  const typed = await Promise.all(
    Array.from({ length: words.length / 2 }, async (_, at): Promise<Change> => {
      const { kind, path } = typedKey(words[at * 2] ?? '', flags.file)
      return { kind, path, value: await typedValue(context, words[at * 2 + 1] ?? '', kind, path) }
    }),
  )
  return told(context, typed, await changeKeys(aroundOf(context), typed))
}

/** The key as it would be without the user's own file. */
export async function unset(context: CommandContext): Promise<number> {
  const { kind, path } = typedKey(context.words[0] ?? '', context.flags.file)
  const change = { kind, path, value: undefined }
  return told(context, [change], await changeKeys(aroundOf(context), [change]))
}

/** Where the user's own files are, of each kind. */
export async function path(context: CommandContext): Promise<number> {
  const around = aroundOf(context)
  const files = await Promise.all(KINDS.map(async (kind) => ({ kind, path: await pathOf(around, kind) })))
  if (context.flags.json) printJson({ files })
  else for (const { kind, path: file } of files) print(`${kind.padEnd(10)} ${file}`)
  return EXIT.ok
}

/** A secret is never an argument: whoever lists the processes of this machine reads those. */
async function typedValue(context: CommandContext, text: string, kind: Kind, key: readonly string[]): Promise<unknown> {
  const isPiped = text === '-'
  if (!isPiped && takesSecret(kind, key)) {
    const name = dotted(key)
    throw new Fault('invalid_input', `${name} is a secret, and what stands on a command line can be seen by others.`, {
      mend: `Give it on standard input (${context.program} config set ${name} - < FILE), or name a variable that holds it: ${name.replace(/api_key$/, 'api_key_env')}.`,
    })
  }
  return valueIn(isPiped ? (await pipedText(process.stdin)).replace(/\r?\n$/, '') : text, kind, key)
}

async function told(context: CommandContext, changes: readonly Change[], changed: Changed): Promise<number> {
  const { files, remaining, shadowed } = changed
  const running = (await daemonStatus(context.paths).catch(() => undefined)) !== undefined
  const restart = running && files.length > 0 && changes.some(({ kind }) => kind !== 'tui')
  if (context.flags.json) {
    const problems = remaining.map(({ place, text }) => `${place.source}: ${text}`)
    printJson({
      keys: changes.map((change) => dotted(change.path)),
      files,
      restart_needed: restart,
      shadowed,
      problems,
    })
    return EXIT.ok
  }
  print(files.length === 0 ? 'Nothing had to be changed.' : `Changed ${files.join(' and ')}.`)
  for (const { key, by } of shadowed) print(`${key} is set by ${by} too, which is stronger.`)
  if (remaining.length > 0)
    print(`The configuration still has ${counted(remaining.length, 'problem')}: ${context.program} doctor`)
  if (restart) print(`The running daemon takes it with its next start: ${context.program} restart`)
  return EXIT.ok
}
