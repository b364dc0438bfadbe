import { addUse, applyUses, lift, NO_USE, NO_USES, type Use } from '@nacre/session'
import { Fault, type SessionSummary } from '@nacre/types'
import { EXIT } from '../command-line/exit.js'
import { openRecords, type Records } from '../records/records.js'
import { confirm } from './confirm.js'
import { type CommandContext, print, printJson } from './context.js'
import { statusInWords } from './status-in-words.js'
import { tableOf } from './table.js'
import { printable } from './teller.js'
import { useInJson } from './use-in-json.js'

/** Lists sessions, the one that changed last first. */
export async function listSessions(context: CommandContext): Promise<number> {
  await using records = await openRecords(context)
  const all = await records.list('With the daemon stopped all are listed.')
  const sessions = all
    .filter(({ archived }) => !archived || context.flags.archived)
    .toSorted((a, b) => b.updated_at - a.updated_at) // An imported one keeps its times.
  if (context.flags.json) for (const session of sessions) printJson(session)
  else if (sessions.length === 0) print('There are no sessions yet.')
  else for (const line of tableOf([HEADER, ...sessions.map(rowOf)])) print(printable(line))
  return EXIT.ok
}

const HEADER = ['session', 'status', 'changed', 'agent', 'title']

const rowOf = (one: SessionSummary): readonly string[] => [
  one.session,
  one.archived ? `${statusInWords(one)}, archived` : statusInWords(one),
  inMinutes(one.updated_at),
  one.agent,
  one.title,
]

const inMinutes = (at: number) => new Date(at).toISOString().slice(0, 16).replace('T', ' ')

/** Tells what one session is, and what it cost. */
export async function showSession(context: CommandContext): Promise<number> {
  await using records = await openRecords(context)
  const session = await records.find(context.words[0] ?? '')
  const { turns, use } = await countsOf(records, session)
  if (context.flags.json) printJson({ ...session, turns, ...useInJson(use) })
  else for (const line of inWords(session, turns, use)) print(printable(line))
  return EXIT.ok
}

async function countsOf(records: Records, { session }: SessionSummary): Promise<{ turns: number; use: Use }> {
  let turns = 0
  let uses = NO_USES
  for await (const stored of records.events(session, new AbortController().signal)) {
    const event = lift(stored)
    uses = applyUses(uses, event)
    if (event.type === 'turn.started') turns += 1
  }
  return { turns, use: uses.rows.reduce<Use>(addUse, NO_USE) }
}

function* inWords(one: SessionSummary, turns: number, use: Use): Iterable<string> {
  yield `${one.title || 'untitled'}`
  yield `  session    ${one.session}${one.parent ? `, a delegate's; its parent is ${one.parent}` : ''}`
  yield `  agent      ${one.agent}`
  yield `  status     ${statusInWords(one)}${one.archived ? ', archived' : ''}`
  yield `  began      ${new Date(one.created_at).toISOString()}`
  yield `  changed    ${new Date(one.updated_at).toISOString()}, seq ${one.seq}`
  yield `  turns      ${turns}`
  yield `  spent      ${(use.microUsd / 1_000_000).toFixed(6)} dollars, ${use.inputTokens} tokens in, ${use.outputTokens} out`
}

/** Copies a session up to a seq; what was open there is closed in the copy. */
export async function forkSession(context: CommandContext): Promise<number> {
  await using records = await openRecords(context)
  const { session, seq } = await records.find(context.words[0] ?? '')
  const fork = await records.fork(session, context.flags.upTo ?? seq)
  if (context.flags.json) printJson(fork)
  else print(printable(`${fork.session} is a copy of ${session} (${fork.title || 'untitled'}).`))
  return EXIT.ok
}

const TITLE_CHARS = 200

export async function renameSession(context: CommandContext): Promise<number> {
  const [name = '', ...words] = context.words
  const title = words.join(' ').trim()
  if (title === '' || title.length > TITLE_CHARS)
    throw new Fault('invalid_input', `A title has 1 to ${TITLE_CHARS} characters, not ${title.length}.`, {
      mend: `For example: ${context.program} sessions rename ${name} "Boats and ropes"`,
    })
  await using records = await openRecords(context)
  const { session } = await records.find(name)
  await records.rename(session, title)
  return told(context, { session, title }, `${session} is called ${title} now.`)
}

export const archiveSession = (context: CommandContext): Promise<number> => setArchived(context, true)
export const unarchiveSession = (context: CommandContext): Promise<number> => setArchived(context, false)

async function setArchived(context: CommandContext, archived: boolean): Promise<number> {
  await using records = await openRecords(context)
  const { session } = await records.find(context.words[0] ?? '')
  await records.archive(session, archived)
  return told(context, { session, archived }, `${session} is ${archived ? 'archived' : 'listed again'}.`)
}

/** Takes a session away for good. A person is asked first; where nobody is there, only --yes does it. */
export async function deleteSession(context: CommandContext): Promise<number> {
  await using records = await openRecords(context)
  const { session, title } = await records.find(context.words[0] ?? '')
  const question = printable(`Delete ${session} (${title || 'untitled'}) for good? [y/n] `)
  if (!context.flags.yes && !(await confirm(question, new AbortController().signal))) {
    process.stderr.write('Nothing was deleted.\n')
    return EXIT.denied
  }
  await records.remove(session)
  return told(context, { session, deleted: true }, `${session} is deleted.`)
}

function told({ flags }: CommandContext, fact: object, words: string): number {
  if (flags.json) printJson(fact)
  else print(printable(words))
  return EXIT.ok
}
