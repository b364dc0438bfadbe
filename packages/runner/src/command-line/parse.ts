import type { Command, Group } from './command.js'
import { FLAGS, type FlagKind, type FlagName, type Flags, GLOBAL_FLAGS } from './flags.js'
import { COMMANDS, GROUPS } from './table.js'

// Not by import, see docs/decisions/light.md.
const { parseArgs } = process.getBuiltinModule('node:util')

/** What was asked on the command line. Flags may stand before or after the command. */
export type Invocation =
  | { readonly type: 'run'; readonly command: Command; readonly words: readonly string[]; readonly flags: Flags }
  /** About a command, a group, or (undefined) everything. */
  | { readonly type: 'help'; readonly about: string | undefined }
  | { readonly type: 'version' }
  | Wrong

/** A command line that means nothing: why, what was perhaps meant, and whose usage tells more. */
export type Wrong = {
  readonly type: 'wrong'
  readonly why: string
  readonly typed?: string
  readonly names?: readonly string[]
  readonly about?: string
}

/** Pure: the same words always mean the same. */
export function parse(argv: readonly string[]): Invocation {
  const read = readFlags(argv)
  if ('type' in read) return { ...read, ...aboutOf(argv) }
  const { given, words } = read
  const door = DOORS.find((name) => given.has(name))
  const help = given.has('help') || (words.length === 0 && door === undefined && !given.has('version'))
  if (given.has('version') && !help) return { type: 'version' }
  const target = door === undefined ? targetOf(words, help) : doorOf(door, words)
  if ('type' in target) return target
  if (help || target.command === undefined) return { type: 'help', about: target.about }
  return judged(target.command, target.words, given)
}

/** The command among words whose flags could not be read. */
function aboutOf(argv: readonly string[]): Pick<Wrong, 'about'> {
  const pairs = argv.flatMap((word, at) => [`${word} ${argv[at + 1]}`, word])
  const about = pairs.find((typed) => [...COMMANDS, ...GROUPS].some(({ name }) => name === typed))
  return about === undefined ? {} : { about }
}

const DOORS = ['tui', 'first-run'] as const satisfies readonly FlagName[]

type Given = ReadonlyMap<FlagName, string | number | true>
type Read = { readonly given: Given; readonly words: readonly string[] }

function readFlags(argv: readonly string[]): Read | Wrong {
  const { tokens } = parseArgs({
    args: [...argv],
    options: OPTIONS,
    allowPositionals: true,
    strict: false,
    tokens: true,
  })
  const given = new Map<FlagName, string | number | true>()
  const words: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value)
    if (token.kind !== 'option') continue
    if (!isFlag(token.name)) return unknownFlag(token.rawName)
    const value = givenValue(token.name, FLAGS[token.name], token.value, token.inlineValue)
    if (typeof value === 'object') return value
    given.set(token.name, value)
  }
  return { given, words }
}

const OPTIONS = Object.fromEntries(
  Object.entries(FLAGS).map(([name, { type }]) => [
    name,
    { type: type === 'switch' ? ('boolean' as const) : ('string' as const), ...(name === 'help' && { short: 'h' }) },
  ]),
)

const isFlag = (name: string): name is FlagName => Object.hasOwn(FLAGS, name)

const unknownFlag = (typed: string): Wrong => ({
  type: 'wrong',
  why: `There is no flag ${typed}.`,
  typed,
  names: Object.keys(FLAGS).map((name) => `--${name}`),
})

function givenValue(
  name: FlagName,
  kind: FlagKind,
  text: string | undefined,
  inline: boolean | undefined,
): string | number | true | Wrong {
  const wrong = (why: string): Wrong => ({ type: 'wrong', why })
  if (kind.type === 'switch') return text === undefined ? true : wrong(`--${name} takes no value.`)
  if (text === undefined || (!inline && /^-./.test(text))) return wrong(`--${name} needs a value: ${kind.value}.`)
  if (kind.type === 'text') return text
  if (kind.type === 'choice') {
    if (kind.choices.includes(text)) return text
    const why = `--${name} takes ${kind.choices.join(', ')}; not '${text}'.`
    return { type: 'wrong', why, typed: text, names: kind.choices }
  }
  const count = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (count >= kind.least && count <= kind.most) return count
  return wrong(`--${name} takes a whole number from ${kind.least} to ${kind.most}; not '${text}'.`)
}

/** What the words name: a command and the words for it, or a group, or (without `about`) nothing. */
type Target = { readonly about?: string; readonly command?: Command; readonly words: readonly string[] }

const named = (name: string, words: readonly string[]): Target | undefined => {
  const command = COMMANDS.find((candidate) => candidate.name === name)
  return command && { about: name, command, words }
}

const doorOf = (door: (typeof DOORS)[number], words: readonly string[]): Target | Wrong =>
  words[0] === undefined
    ? (named(`--${door}`, []) ?? { words })
    : { type: 'wrong', why: `--${door} takes no command, but '${words[0]}' was given.` }

/** With `help`, a group's name alone means the group. */
function targetOf(words: readonly string[], help: boolean): Target | Wrong {
  const [first, second, ...rest] = words
  if (first === undefined) return { words }
  const group = GROUPS.find(({ name }) => name === first)
  if (group) return inGroup(group, second, rest, help)
  const names = COMMANDS.filter(({ hidden, name }) => !hidden && !name.startsWith('-')).map(({ name }) => firstOf(name))
  return (
    (first.startsWith('-') ? undefined : named(first, words.slice(1))) ?? {
      type: 'wrong',
      why: `There is no command '${first}'.`,
      typed: first,
      names: [...new Set(names)],
    }
  )
}

const firstOf = (name: string) => name.split(' ')[0] ?? ''

function inGroup(
  { name: about, otherwise }: Group,
  typed: string | undefined,
  words: readonly string[],
  help: boolean,
): Target | Wrong {
  if (typed === undefined && help) return { about, words }
  const found = typed === undefined ? named(otherwise ?? '', []) : named(`${about} ${typed}`, words)
  if (found) return found
  const names = COMMANDS.flatMap(({ name }) => (name.startsWith(`${about} `) ? [name.slice(about.length + 1)] : []))
  const why = `'${about}' does ${names.join(', ')}${typed === undefined ? '; say which' : `; not '${typed}'`}.`
  return { type: 'wrong', why, names, about, ...(typed !== undefined && { typed }) }
}

function judged(command: Command, words: readonly string[], given: Given): Invocation {
  const wrong = (why: string, near: Pick<Wrong, 'typed' | 'names'> = {}): Wrong => ({
    type: 'wrong',
    why,
    about: command.name,
    ...near,
  })
  const takes = Object.keys(command.flags ?? {})
  for (const name of given.keys()) {
    if (Object.hasOwn(GLOBAL_FLAGS, name) || takes.includes(name) || `--${name}` === command.name) continue
    return wrong(`--${name} means nothing to '${command.name}'.`, {
      typed: `--${name}`,
      names: takes.map((taken) => `--${taken}`),
    })
  }
  const args = command.args ?? []
  const missing = args.slice(words.length).find(({ need }) => need === 'needed')
  if (missing) return wrong(`'${command.name}' needs a ${missing.name}: ${missing.what}.`)
  const extra = args.at(-1)?.need === 'rest' ? undefined : words[args.length]
  if (extra !== undefined) return surplus(command, extra)
  return { type: 'run', command, words, flags: flagsOf(given) }
}

const surplus = ({ name, ofOne }: Command, word: string): Wrong =>
  ofOne === undefined
    ? { type: 'wrong', why: `'${name}' takes no '${word}'.`, about: name }
    : { type: 'wrong', why: `'${name}' shows all; '${ofOne} ${word}' shows that one.`, about: ofOne }

/** Each flag's value is of its kind: `givenValue` has seen to it, name by name, which a type cannot follow. */
function flagsOf(given: Given): Flags {
  const all = Object.entries(FLAGS).flatMap(([name, { type }]) => {
    const value = given.get(name as FlagName) ?? (type === 'switch' ? false : undefined)
    return value === undefined ? [] : [[camel(name), value]]
  })
  return Object.fromEntries(all) as Flags
}

const camel = (name: string) => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
