import { ACTIONS, type Action } from './actions.js'
import { chordOf, parseChord } from './chord.js'
import type { Key } from './keys.js'
import { nearest } from './nearest.js'

/** Which action each chord stands for; a chord is written as `chordOf` writes it. */
export type Keymap = ReadonlyMap<string, Action>

/** What is wrong in a `[keys]` table: where, why, and how to mend it. */
export type KeyProblem = { readonly where: string; readonly message: string; readonly mend: string }

export const DEFAULT_KEYMAP: Keymap = new Map(
  ACTIONS.flatMap(({ action, keys }) => keys.map((key): [string, Action] => [key, action])),
)

/** What a key does. Text and pastes do nothing but stand there. */
export const actionOf = (keymap: Keymap, key: Key): Action | undefined =>
  key.type === 'press' ? keymap.get(chordOf(key)) : undefined

/** The chords of an action, as help shows them; none where it has none. */
export const keysOf = (keymap: Keymap, action: Action): string[] =>
  [...keymap].flatMap(([chord, bound]) => (bound === action ? [chord] : []))

/**
 * A `[keys]` table over the defaults: an action with a chord or a list of them has these and no others, `[]` none. Any
 * unknown action or key, and any chord of two actions, is a problem; with a problem there is no keymap.
 */
export function parseKeymap(table: unknown): { keymap: Keymap } | { problems: readonly KeyProblem[] } {
  if (typeof table !== 'object' || table === null || Array.isArray(table))
    return {
      problems: [{ where: 'keys', message: 'It is no table.', mend: 'Write [keys], and below it action = "ctrl-x".' }],
    }
  const entries = Object.entries(table).map(([name, value]) => parseEntry(name, value))
  const own = new Map(entries.flatMap(({ bound }) => (bound ? [[bound.action, bound.chords]] : [])))
  const problems = entries.flatMap((entry) => entry.problems)
  const keymap = new Map<string, Action>()
  for (const { action, keys } of ACTIONS) {
    for (const chord of own.get(action) ?? keys) {
      const other = keymap.get(chord)
      if (other === undefined || other === action) keymap.set(chord, action)
      else problems.push(conflict(chord, other, action, own.has(action)))
    }
  }
  if (own.get('submit')?.length === 0)
    problems.push({
      where: 'keys.submit',
      message: 'Nothing could be sent.',
      mend: 'Give submit a key, such as "enter".',
    })
  return problems.length > 0 ? { problems } : { keymap }
}

type Entry = {
  readonly bound?: { readonly action: Action; readonly chords: readonly string[] }
  readonly problems: readonly KeyProblem[]
}

function parseEntry(name: string, value: unknown): Entry {
  const where = `keys.${name.slice(0, 64)}`
  const known = ACTIONS.find(({ action }) => action === name)
  if (known === undefined) {
    const names = ACTIONS.map(({ action }) => action)
    return {
      problems: [
        { where, message: 'There is no such action.', mend: `Did you mean ${nearest(name.slice(0, 64), names)}?` },
      ],
    }
  }
  const written: readonly unknown[] = Array.isArray(value) ? value : [value]
  const parsed = written.map((chord) => parseChord(chord))
  const chords = parsed.flatMap((one) => ('chord' in one ? [one.chord] : []))
  const problems = parsed.flatMap((one) => ('message' in one ? [{ where, ...one }] : []))
  return { bound: { action: known.action, chords }, problems }
}

function conflict(chord: string, other: Action, action: Action, own: boolean): KeyProblem {
  const [where, holder] = own ? [action, other] : [other, action]
  const mend = `Choose another key for one of them: ${holder} = "…", or ${holder} = [] to have none.`
  return { where: `keys.${where}`, message: `${chord} is also the key of ${holder}.`, mend }
}
