import { join } from 'node:path'
import { Fault } from '@nacre/types'
import { stringify } from 'smol-toml'
import { configHome } from '../paths.js'
import { absolute } from './compose.js'
import type { Config } from './config.js'
import { type Doc, type Kind, nest, valueAt } from './doc.js'
import { edited } from './edit.js'
import { takesSecret } from './effective.js'
import { judge } from './judge.js'
import { dotted, type KeyPath } from './key-path.js'
import type { Reader } from './layers.js'
import { judgeConfig, type Surroundings } from './load-config.js'
import { judgeTui } from './load-tui.js'
import { faultOf, type Problem } from './problem.js'
import { readSmall } from './read-file.js'
import { docOf } from './toml.js'
import { replaceFile } from './write-file.js'

/** A key of one kind of file, and its new value; without one it is to be taken away. */
export type Change = { readonly kind: Kind; readonly path: KeyPath; readonly value: unknown }

/** What was changed: the files, what is wrong with the configuration still, and what else sets a key that was set. */
export type Changed = {
  readonly files: readonly string[]
  readonly remaining: readonly Problem[]
  readonly shadowed: readonly { readonly key: string; readonly by: string }[]
}

type Around = Surroundings & { readonly user: string }

/** A change that was judged: the configuration as it will be, if all of it is right then, and what makes it so. */
type Planned = { readonly config: Config | undefined; readonly write: () => Promise<Changed> }

/** `planChange`, and does it. */
export const changeKeys = async (around: Around, changes: readonly Change[]): Promise<Changed> =>
  (await planChange(around, changes)).write()

/**
 * A change of the user's own files, all of these keys or none; a file that is not there begins as `fresh` has it. The whole
 * configuration is judged as it would be afterwards: throws a Fault `invalid_input` that says what would be wrong that is not
 * wrong already. Nothing is changed before `write`.
 */
export async function planChange(
  around: Around,
  changes: readonly Change[],
  fresh: Partial<Readonly<Record<Kind, string>>> = {},
): Promise<Planned> {
  const wrong = changes.filter(({ value }) => value !== undefined).flatMap((change) => judge(docOfChange(change)))
  if (wrong.length > 0) throw faultOf(wrong.map((problem) => ({ mend: NOTHING_CHANGED, ...problem })))
  const before = await judgedAs(around)
  const texts = new Map<string, { readonly old: string | undefined; readonly text: string }>()
  for (const change of changes) {
    const path = await pathOf(around, change.kind)
    const at = texts.get(path) ?? (await textOf(path, fresh[change.kind] ?? NEW_FILE))
    texts.set(path, { ...at, text: changedText(path, at.text, change) })
  }
  const changed = [...texts].filter(([, { old, text }]) => (old ?? NEW_FILE) !== text)
  const after = await judgedAs({ ...around, read: readerWith(new Map(changed)) })
  const known = new Set(before.problems.map(({ place, text }) => `${place.source} ${text}`))
  const wronged = after.problems.filter(({ place, text }) => !known.has(`${place.source} ${text}`))
  if (wronged.length > 0) throw faultOf(wronged)
  const write = async () => {
    for (const [path, { old, text }] of changed) await replaceUnlessChanged(path, old, text)
    return {
      files: changed.map(([path]) => path),
      remaining: after.problems,
      shadowed: shadowsOf(changes, after.origins, [...texts.keys()]),
    }
  }
  return { config: after.config, write }
}

const NOTHING_CHANGED = 'Give another value; nothing was changed.'
const NEW_FILE = 'config_version = "1"\n'

const docOfChange = ({ kind, path, value }: Change): Doc => ({
  kind,
  values: nest([{ path, value }]),
  placeOf: () => ({ source: 'config set' }),
  dir: '/',
  trusted: true,
})

/** Where a kind of file of the user's own lies. */
export async function pathOf(around: Around, kind: Kind): Promise<string> {
  const { env, home, user } = around
  const dir = configHome(env, home)
  if (kind !== 'user') return join(dir, `${kind}.toml`)
  const judged = await judgeConfig(around)
  const named = 'layers' in judged ? judged.layers.runner.get(`users.${user}.config_path`) : undefined
  return named === undefined ? join(dir, 'users', `${user}.toml`) : absolute(named, home)
}

async function textOf(
  path: string,
  fresh: string,
): Promise<{ readonly old: string | undefined; readonly text: string }> {
  const read = await readSmall(path)
  if ('refused' in read) throw new Fault('invalid_input', `${path} ${read.refused}.`, { mend: 'Mend the file first.' })
  return 'missing' in read ? { old: undefined, text: fresh } : { old: read.text, text: read.text }
}

function changedText(path: string, text: string, { kind, path: key, value }: Change): string {
  const made = docOf({ kind, path, dir: '/', text, trusted: true })
  if ('problem' in made) throw faultOf([made.problem])
  if (value === undefined && valueAt(made.doc.values, key) === undefined) return text
  const result = edited(text, key, value)
  if ('text' in result) return result.text
  const { line, why } = result.byHand
  const hidden = value === undefined || takesSecret(kind, key)
  const what = hidden ? dotted(key) : stringify(nest([{ path: [dotted(key)], value }])).trim()
  throw new Fault('invalid_input', `${path}:${line}: ${dotted(key)} cannot be changed here: ${why}.`, {
    mend: `Nothing was changed. Change it by hand: ${what}`,
  })
}

function readerWith(texts: ReadonlyMap<string, { readonly text: string }>): Reader {
  return async (path) => {
    const changed = texts.get(path)
    return changed === undefined ? readSmall(path) : { text: changed.text }
  }
}

async function judgedAs(around: Around) {
  const [daemon, tui] = await Promise.all([judgeConfig(around), judgeTui(around)])
  const origins = new Map<string, string>('config' in daemon ? daemon.config.origins : [])
  if ('leaves' in tui) for (const [key, { doc, path }] of tui.leaves) origins.set(key, doc.placeOf(path).source)
  const problemsOf = (judged: object) =>
    'problems' in judged ? (judged as { readonly problems: readonly Problem[] }).problems : []
  return {
    problems: [...problemsOf(daemon), ...problemsOf(tui)],
    origins,
    config: 'config' in daemon ? daemon.config : undefined,
  }
}

/** Keys that were set, and yet come from elsewhere. */
function shadowsOf(
  changes: readonly Change[],
  origins: ReadonlyMap<string, string>,
  files: readonly string[],
): Changed['shadowed'] {
  return changes.flatMap(({ path, value }) => {
    const by = origins.get(dotted(path))
    const isOurs =
      value === undefined ? by === undefined || by === 'default' : files.some((file) => by?.startsWith(file))
    return by === undefined || isOurs ? [] : [{ key: dotted(path), by }]
  })
}

async function replaceUnlessChanged(path: string, old: string | undefined, text: string): Promise<void> {
  const now = await readSmall(path)
  if (('text' in now ? now.text : undefined) !== old)
    throw new Fault('conflict', `${path} was changed by somebody else in the same moment.`, {
      retry: 'now',
      mend: 'Try again.',
    })
  await replaceFile(path, text)
}
