import { EXIT } from '../command-line/exit.js'
import { knownUsers } from '../invocation.js'
import { openRecords } from '../records/records.js'
import { type CommandContext, print } from './context.js'

const MOST = 200
const ID = /^[a-z0-9][a-z0-9_-]*$/

/** What a shell completes: users, or ids of sessions, newest first. Whatever goes wrong, a shell is told nothing. */
export async function names(context: CommandContext): Promise<number> {
  for (const name of await namesOf(context).catch(() => [])) print(name)
  return EXIT.ok
}

async function namesOf(context: CommandContext): Promise<readonly string[]> {
  if (context.words[0] === 'users') return knownUsers(context.env, context.home)
  await using records = await openRecords(context)
  const sessions = (await records.list()).slice(0, MOST)
  return sessions.map(({ session }) => session as string).filter((session) => ID.test(session))
}
