import { basename, resolve } from 'node:path'
import { type Keymap, parseKeymap } from '@nacre/tui/keymap'
import { configHome } from '../paths.js'
import { type Doc, type Leaf, merge, nest } from './doc.js'
import { judge } from './judge.js'
import { NOTHING, readExtra, readTui } from './layers.js'
import type { Surroundings } from './load-config.js'
import { faultOf, type Problem } from './problem.js'
import { readSmall } from './read-file.js'
import { tuiSchema } from './schema.js'
import { variablesOf } from './variables.js'

/** What a person chose for the terminal's face. */
export type TuiConfig = {
  readonly theme: 'auto' | 'dark' | 'light' | 'none'
  /** By the name of an action, the key or keys that do it. What is not named is as without a file. */
  readonly keys: Readonly<Record<string, string | readonly string[]>>
  /** That, over the usual keys. */
  readonly keymap: Keymap
}

/**
 * tui.toml from its layers: defaults < /etc/nacre < $XDG_CONFIG_HOME/nacre < `--config` < `NACRE__A__B`. A project has
 * none: a stranger's must not move the key that approves. Throws one Fault `invalid_input` with all that is wrong.
 */
export async function loadTuiConfig(around: Surroundings): Promise<TuiConfig> {
  const judged = await judgeTui(around)
  if ('problems' in judged) throw faultOf(judged.problems)
  return judged.tui
}

export async function judgeTui(
  around: Surroundings,
): Promise<
  { readonly tui: TuiConfig; readonly leaves: ReadonlyMap<string, Leaf> } | { readonly problems: readonly Problem[] }
> {
  const { env, cwd, home, flags = {}, etc = '/etc/nacre', read = readSmall } = around
  const extra = flags.config === undefined ? undefined : resolve(cwd, flags.config)
  const files = await readTui(read, [etc, configHome(env, home), ...(extra === undefined ? [] : [extra])])
  const named = extra !== undefined && basename(extra) === 'tui.toml' ? await readExtra(read, extra) : NOTHING
  const docs: readonly Doc[] = [...files.docs, ...named.docs, ...variablesOf(env, cwd).docs].filter(
    ({ kind }) => kind === 'tui',
  )
  const problems = [...files.problems, ...named.problems, ...docs.flatMap(judge)]
  if (problems.length > 0) return { problems }
  const leaves = merge(docs)
  const { theme, keys } = tuiSchema.parse(nest(leaves.values()))
  const parsed = parseKeymap(keys)
  if ('keymap' in parsed) return { tui: { theme, keys, keymap: parsed.keymap }, leaves }
  return {
    problems: parsed.problems.map(({ where, message, mend }) => ({
      place: leaves.get(where)?.doc.placeOf(where.split('.')) ?? { source: 'tui.toml' },
      text: `${where}: ${message}`,
      mend,
    })),
  }
}
