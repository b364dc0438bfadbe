import type { CommandContext } from '../commands/context.js'
import { printable } from '../commands/teller.js'
import type { Changed } from '../config/change.js'
import { type Config, isHttp } from '../config/config.js'
import { daemonStatus } from '../daemon/control.js'
import { upstreamRoute } from '../daemon/upstream-route.js'
import type { Tried } from './try-model.js'

export const costWords = (microUsd: number | undefined) =>
  microUsd === undefined
    ? 'what it costs is not known'
    : microUsd === 0
      ? 'free'
      : `it costs at most $${(microUsd / 1e6).toFixed(6).replace(/0+$/, '')}`

export const writtenWords = (files: readonly string[]) =>
  files.length === 0 ? 'Nothing had to be changed.' : `Written: ${files.join(', ')}`

export const triedWords = ({ said, tookMs }: Tried) =>
  printable(`It answered in ${(tookMs / 1000).toFixed(1)} s${said === '' ? ', with no text' : `: ${said}`}`)

/** Why the selected model cannot be asked as things are here: which key is not set, and how to set it. */
export function missingKey(config: Config, env: NodeJS.ProcessEnv): string | undefined {
  const { provider, model } = config.selection
  const entry = config.providers.get(provider)
  const route = entry && isHttp(entry) ? upstreamRoute(entry, [model], env) : undefined
  return route && route.inject === undefined ? route.missing : undefined
}

/** What is still to be done before the selected model answers. */
export async function nextSteps(
  context: CommandContext,
  config: Config | undefined,
  { shadowed, startsNow }: Pick<Changed, 'shadowed'> & { readonly startsNow: boolean },
): Promise<readonly string[]> {
  const missing = (config && missingKey(config, context.env)) ?? []
  const running = (await daemonStatus(context.paths).catch(() => undefined)) !== undefined
  const verb = running ? 'restart' : 'start --detach'
  const stronger = shadowed.map(({ key, by }) => `${key} is set by ${by} too, which is stronger.`)
  const needsKey = config?.selection.provider !== 'offline'
  const where = needsKey
    ? `Keys stay where they are: start the daemon where their variables are set (${context.program} ${verb}).`
    : `A daemon takes it when it starts: ${context.program} ${verb}`
  return [...stronger, ...[missing].flat(), ...(startsNow ? [] : [where])]
}
