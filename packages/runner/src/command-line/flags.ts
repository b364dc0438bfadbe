/** What a flag takes: nothing, any text, one of some words, or a whole number. */
export type FlagKind =
  | { readonly type: 'switch' }
  | { readonly type: 'text'; readonly value: string; readonly complete?: Completion }
  | { readonly type: 'choice'; readonly value: string; readonly choices: readonly string[] }
  | { readonly type: 'count'; readonly value: string; readonly least: number; readonly most: number }

/** What a shell offers in a flag's or an argument's place. */
export type Completion = 'session' | 'user' | 'file' | 'directory' | readonly string[]

const SWITCH = { type: 'switch' } as const
const text = <const V extends string>(value: V, complete?: Completion) =>
  ({ type: 'text', value, ...(complete && { complete }) }) as const

/** Every flag there is, and what it takes. A flag may stand before its command, so its kind is the same for all of them. */
export const FLAGS = {
  user: text('NAME', 'user'),
  config: text('FILE', 'file'),
  insecure: SWITCH,
  help: SWITCH,
  version: SWITCH,
  tui: SWITCH,
  'first-run': SWITCH,
  json: SWITCH,
  workspace: text('DIR', 'directory'),
  detach: SWITCH,
  session: text('ID', 'session'),
  plain: SWITCH,
  agent: text('NAME'),
  yes: SWITCH,
  timeout: { type: 'count', value: 'SECONDS', least: 1, most: 86_400 },
  follow: SWITCH,
  tail: { type: 'count', value: 'N', least: 0, most: 1_000_000 },
  since: text('WHEN'),
  archived: SWITCH,
  format: { type: 'choice', value: 'FORMAT', choices: ['jsonl', 'markdown', 'html'] },
  out: text('FILE', 'file'),
  as: text('ID'),
  'up-to': { type: 'count', value: 'SEQ', least: 1, most: Number.MAX_SAFE_INTEGER },
  revoke: text('HASH'),
  by: { type: 'choice', value: 'GROUP', choices: ['user', 'session', 'model', 'day'] },
  url: text('URL'),
  origin: SWITCH,
  provider: text('NAME'),
  model: text('NAME'),
  test: SWITCH,
  'no-test': SWITCH,
  'no-setup': SWITCH,
  print: SWITCH,
  file: { type: 'choice', value: 'FILE', choices: ['agent', 'providers', 'runner', 'user', 'tui'] },
} as const satisfies Readonly<Record<string, FlagKind>>

export type FlagName = keyof typeof FLAGS

/** What every command takes, before it or after it. */
export const GLOBAL_FLAGS = {
  user: 'whose daemon and sessions; the only user there is, or alice',
  config: 'read this file as well as the usual ones',
  insecure: 'run although the guest is not sealed',
  help: 'say how it is used',
} as const satisfies Partial<Record<FlagName, string>>

type Camel<S extends string> = S extends `${infer A}-${infer B}` ? `${A}${Capitalize<Camel<B>>}` : S
type OfKind<T extends FlagKind['type']> = {
  [K in FlagName]: (typeof FLAGS)[K] extends { readonly type: T } ? K : never
}[FlagName]

/** The flags that were given, in camelCase: a switch is always there, the others where they were given. */
export type Flags = { readonly [K in OfKind<'switch'> as Camel<K>]: boolean } & {
  readonly [K in OfKind<'text'> as Camel<K>]?: string
} & {
  readonly [K in OfKind<'count'> as Camel<K>]?: number
} & {
  readonly [K in OfKind<'choice'> as Camel<K>]?: (typeof FLAGS)[K] extends { readonly choices: readonly (infer C)[] }
    ? C
    : never
}
