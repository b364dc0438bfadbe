import type { Surroundings } from '../config/load-config.js'
import type { CommandContext } from './context.js'

/** What decides about the configuration of the user that a command is for. */
export function aroundOf({
  env,
  home,
  user,
  flags,
}: Pick<CommandContext, 'env' | 'home' | 'user' | 'flags'>): Surroundings & { readonly user: string } {
  const { config, workspace } = flags
  return {
    env,
    cwd: process.cwd(),
    home,
    user,
    flags: { ...(config !== undefined && { config }), ...(workspace !== undefined && { workspace }) },
  }
}
