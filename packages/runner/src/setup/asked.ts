import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CommandContext } from '../commands/context.js'
import { configHome, stateHome } from '../paths.js'

type Place = Pick<CommandContext, 'env' | 'home'>

const markerOf = ({ env, home }: Place) => join(stateHome(env, home), 'setup-asked')

/** Whether a person was asked already who shall answer, or has said it by a file, a flag or a variable. */
export function wasAsked({ env, home, flags }: Place & Pick<CommandContext, 'flags'>): boolean {
  const files = [markerOf({ env, home }), join(configHome(env, home), 'agent.toml'), '/etc/nacre/agent.toml']
  const said = Object.keys(env).some((name) => /^(NACRE__SELECTION__|OZ_PROVIDER_)/.test(name))
  return said || flags.config !== undefined || files.some((path) => existsSync(path))
}

/** Nobody is asked twice, whatever they answered. */
export function rememberAsked(place: Place, now: number): void {
  mkdirSync(stateHome(place.env, place.home), { recursive: true, mode: 0o700 })
  writeFileSync(markerOf(place), `${new Date(now).toISOString()}\n`, { mode: 0o600 })
}
