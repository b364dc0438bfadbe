import { addUse, applyUses, lift, NO_USE, NO_USES, type Use, type UseRow } from '@nacre/session'
import { userId } from '@nacre/types'
import { EXIT } from '../command-line/exit.js'
import type { Flags } from '../command-line/flags.js'
import { knownUsers } from '../invocation.js'
import { userPaths } from '../paths.js'
import { type CommandContext, print, printJson } from './context.js'
import { storedEvents } from './stored-events.js'
import { tableOf } from './table.js'
import { printable } from './teller.js'
import { useInJson } from './use-in-json.js'

type Group = NonNullable<Flags['by']>

/** A day's calls to one model in one session. */
type Row = UseRow & { readonly user: string; readonly session: string; readonly title: string }
type Line = { readonly names: Readonly<Record<string, string>>; readonly use: Use }

/** What was spent, as the sessions' own logs say: a fold of the steps that were finished. */
export async function usage(context: CommandContext): Promise<number> {
  const { by = 'model' } = context.flags
  const rows: Row[] = []
  const contexts = by === 'user' && context.flags.user === undefined ? everyUser(context) : [context]
  for (const one of contexts) rows.push(...(await rowsOf(one)))
  const lines = grouped(rows, by)
  const total = rows.reduce<Use>(addUse, NO_USE)
  if (context.flags.json)
    printJson({ by, rows: lines.map(({ names, use }) => ({ ...names, ...useInJson(use) })), total: useInJson(total) })
  else printTable(by, lines, total)
  return EXIT.ok
}

const everyUser = (context: CommandContext): readonly CommandContext[] =>
  knownUsers(context.env, context.home).map((name) => {
    const user = userId(name)
    return { ...context, user, paths: userPaths(user, context.env, context.home, context.uid) }
  })

async function rowsOf(context: CommandContext): Promise<readonly Row[]> {
  const rows: Row[] = []
  const { signal } = new AbortController()
  const others = 'With the daemon stopped the others are counted too.'
  for await (const { session, title, events } of storedEvents(context, { session: undefined, others, signal })) {
    let uses = NO_USES
    for await (const event of events) uses = applyUses(uses, lift(event))
    rows.push(...uses.rows.map((row) => ({ ...row, user: context.user, session, title })))
  }
  return rows
}

const NAMES: Readonly<Record<Group, (row: Row) => Readonly<Record<string, string>>>> = {
  user: ({ user }) => ({ user }),
  session: ({ session, title }) => ({ session, title }),
  model: ({ provider, model }) => ({ provider, model }),
  day: ({ day }) => ({ day }),
}

/** Days in their order, everything else by what it cost. */
function grouped(rows: readonly Row[], by: Group): readonly Line[] {
  const groups = new Map<string, Line>()
  for (const row of rows) {
    const names = NAMES[by](row)
    const key = JSON.stringify(names)
    groups.set(key, { names, use: addUse(groups.get(key)?.use ?? NO_USE, row) })
  }
  const lines = [...groups.values()]
  if (by === 'day') return lines.toSorted((a, b) => (String(a.names.day) < String(b.names.day) ? -1 : 1))
  return lines.toSorted((a, b) => b.use.microUsd - a.use.microUsd)
}

function printTable(by: Group, lines: readonly Line[], total: Use): void {
  for (const line of tableOf(tableRows(by, lines, total))) print(printable(line))
  if (total.uncounted > 0)
    print(`Of the calls ${total.uncounted} were not counted by their vendor; they stand at what was reserved for them.`)
}

const tableRows = (by: Group, lines: readonly Line[], total: Use): readonly (readonly string[])[] => [
  [by, 'calls', 'input', 'cached', 'output', 'dollars'],
  ...lines.map(({ names, use }) => [nameOf(by, names), ...cells(use)]),
  ['total', ...cells(total)],
]

const nameOf = (by: Group, { session = '', title = '', provider = '', model = '', ...names }: Line['names']): string =>
  by === 'session'
    ? `${session.slice(0, 8)} ${title}`.trim()
    : by === 'model'
      ? `${provider}/${model}`
      : (names[by] ?? '')

const cells = (use: Use): readonly string[] => [
  String(use.calls),
  String(use.inputTokens),
  String(use.cacheReadTokens),
  String(use.outputTokens),
  (use.microUsd / 1_000_000).toFixed(6),
]
