import { Fault } from '@nacre/types'
import { EXIT } from '../command-line/exit.js'
import { type Effective, effective } from '../config/effective.js'
import { jsonSchemaOf } from '../config/json-schema.js'
import { dotted } from '../config/key-path.js'
import { KINDS } from '../config/keys.js'
import { judgeConfig } from '../config/load-config.js'
import { judgeTui } from '../config/load-tui.js'
import { faultOf } from '../config/problem.js'
import { typedKey } from '../config/typed-key.js'
import { aroundOf } from './around.js'
import { type CommandContext, print, printJson } from './context.js'
import { printable } from './teller.js'

/** Every value that holds, and with --origin what set it. */
export async function show(context: CommandContext): Promise<number> {
  const all = await effectiveIn(context)
  if (context.flags.json) printJson({ keys: all })
  else for (const line of linesOf(all, context.flags.origin)) print(line)
  return EXIT.ok
}

/** The value of one key. */
export async function get(context: CommandContext): Promise<number> {
  const { path } = typedKey(context.words[0] ?? '', undefined)
  const key = dotted(path)
  const found = (await effectiveIn(context)).find((one) => one.key === key)
  if (found === undefined)
    throw new Fault('not_found', `${key} is not set, and has no default.`, {
      mend: `Set it: ${context.program} config set ${key} VALUE`,
    })
  if (context.flags.json) printJson(found)
  else print(printable(typeof found.value === 'string' ? found.value : JSON.stringify(found.value)))
  return EXIT.ok
}

export async function schema({ words: [typed = 'agent'] }: CommandContext): Promise<number> {
  const kind = KINDS.find((each) => each === typed.replace(/\.toml$/, ''))
  if (kind === undefined)
    throw new Fault('invalid_input', `There is no file '${typed}'.`, { mend: `Name one of ${KINDS.join(', ')}.` })
  print(JSON.stringify(jsonSchemaOf(kind), null, 2))
  return EXIT.ok
}

async function effectiveIn(context: CommandContext): Promise<readonly Effective[]> {
  const around = aroundOf(context)
  const [daemon, tui] = await Promise.all([judgeConfig(around), judgeTui(around)])
  const problems = [daemon, tui].flatMap((judged) => ('problems' in judged ? judged.problems : []))
  if ('problems' in daemon || 'problems' in tui) throw faultOf(problems)
  return effective({ ...daemon.layers, tui: tui.leaves }, daemon.config)
}

const WIDEST = 72

/** By file and table, as TOML would have it, with what set each. */
function* linesOf(all: readonly Effective[], withOrigin: boolean): Iterable<string> {
  for (const { key, value, origin } of all) {
    const text = JSON.stringify(value)
    const cut = text.length > WIDEST ? `${text.slice(0, WIDEST)}…` : text
    yield printable(withOrigin ? `${`${key} = ${cut}`.padEnd(48)}  # ${origin}` : `${key} = ${cut}`)
  }
}
