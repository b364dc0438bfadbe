import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Fault, type UserId, userId } from '@nacre/types'
import type { Table } from './command-line/command.js'
import type { Invocation } from './command-line/parse.js'
import type { CommandContext } from './commands/context.js'
import { homeOf, refusePath, stateHome, userPaths } from './paths.js'

const USER = /^[a-z0-9][a-z0-9_-]{0,31}$/
const DEFAULT_USER = 'alice'

type Run = Extract<Invocation, { type: 'run' }>

export function contextOf({ command, flags, words }: Run, version: string, table: Table): CommandContext {
  const { env } = process
  const home = homeOf(env)
  const uid = process.getuid?.() ?? 0
  // What is asked of every user is asked of no one of them.
  const ofAll = command.ofNobody?.(flags) ?? false
  const user = userOf(flags.user ?? (ofAll ? DEFAULT_USER : undefined), env, home)
  const paths = userPaths(user, env, home, uid)
  const refusal = command.diagnoses ? undefined : refusePath(paths)
  if (refusal) throw refusal
  return { user, flags, words, paths, env, home, uid, version, program: programName(), table }
}

/** How a person would call us: by the script of the package manager that called us, by name where installed. */
export function programName(): string {
  const { npm_lifecycle_event: script, npm_config_user_agent: agent = '' } = process.env
  if (script === undefined) return 'runner'
  return agent.startsWith('pnpm') ? 'pnpm runner' : 'npm run runner --'
}

/** The user that was named, or the only one that there is. */
function userOf(named: string | undefined, env: NodeJS.ProcessEnv, home: string): UserId {
  if (named !== undefined && !USER.test(named)) {
    throw new Fault('invalid_input', `'${named}' cannot be a user's name.`, {
      mend: 'Use 1-32 characters of a-z 0-9 _ -, beginning with a letter or digit.',
    })
  }
  const known = named === undefined ? knownUsers(env, home) : []
  if (known.length > 1)
    throw new Fault('invalid_input', `There are several users here: ${known.join(', ')}.`, {
      mend: `Say which with each command, for example: --user ${known[0]}`,
    })
  return userId(named ?? known[0] ?? DEFAULT_USER)
}

/** Who has state on this machine, as far as this account can see. */
export function knownUsers(env: NodeJS.ProcessEnv, home: string): string[] {
  try {
    return readdirSync(join(stateHome(env, home), 'users')).filter((name) => USER.test(name))
  } catch {
    return []
  }
}
