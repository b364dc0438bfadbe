import type { KeyPath } from './key-path.js'

/** What to do instead of setting a key that Oxydra has and Nacre has not, or nothing for any other key. */
export function successorOf(path: KeyPath): string | undefined {
  return FOREIGN.find(([pattern]) => matches(pattern.split('.'), path))?.[1]
}

const NOT_YET = 'not yet in this version'
const MEMORY = `${NOT_YET}: memory comes with a later one; a session remembers its own history without it`
const SEARCH = `${NOT_YET}: there is no web search tool`
const SCHEDULER = `${NOT_YET}: there is no scheduler`
const MODEL_FACTS =
  'in Nacre facts about models stand in catalog.json beside agent.toml (runner catalog show --json prints its shape); runtime.context_budget.fallback_max_context_tokens and runtime.max_output_tokens bound them for every model'
const COMMAND_RULES =
  'no list of commands: it is got round too easily. policy.privileged says whether shell commands run, ask or are denied; tools.shell.enabled = false takes the tool away'
const WEB = `${NOT_YET}: there is no web face; runner --tui opens the terminal's`
const TELEGRAM = `${NOT_YET}: there is no Telegram channel`
const GUEST = `${NOT_YET}: the process tier has no images and no limits of resources`

/** Keys of Oxydra's configuration files, `*` for a name and `**` for whatever lies below. Order matters: first match. */
const FOREIGN: readonly (readonly [pattern: string, successor: string])[] = [
  [
    'runtime.turn_timeout_secs',
    'in Nacre each wait has its own clock: reliability.{connect,first_byte,chunk,total}_timeout_ms for the model, tools.shell.command_timeout_secs for commands',
  ],
  ['runtime.max_cost', 'in Nacre budget.turn_usd, in US dollars'],
  ['runtime.context_budget.trigger_ratio', `${NOT_YET}: compaction is not configurable`],
  [
    'runtime.context_budget.safety_buffer_tokens',
    'in Nacre runtime.max_output_tokens is what stays free in the context',
  ],
  ['runtime.summarization.**', `${NOT_YET}: compaction is not configurable`],
  ['memory.**', MEMORY],
  [
    'providers.registry.*.catalog_provider',
    'no switch: prices are those of whoever base_url reaches, else of the entry’s name, else of its type’s vendor',
  ],
  ['providers.registry.*.attachment', `${NOT_YET}: there are no attachments`],
  ['providers.registry.*.input_modalities', `${NOT_YET}: there are no attachments`],
  ['providers.registry.*.reasoning', `${NOT_YET}: reasoning is shown when a model sends it`],
  ['providers.registry.*.max_input_tokens', MODEL_FACTS],
  ['providers.registry.*.max_output_tokens', MODEL_FACTS],
  ['providers.registry.*.max_context_tokens', MODEL_FACTS],
  ['reliability.jitter', 'no switch: every wait before another attempt is random below its bound'],
  [
    'catalog.**',
    'in Nacre runner catalog fetch brings a new catalog and catalog.json beside agent.toml changes it; any model name is sent as it is',
  ],
  ['tools.web_search.**', SEARCH],
  ['tools.shell.allow', COMMAND_RULES],
  ['tools.shell.deny', COMMAND_RULES],
  ['tools.shell.replace_defaults', COMMAND_RULES],
  ['tools.shell.allow_operators', COMMAND_RULES],
  ['tools.browser.**', `${NOT_YET}: there is no browser tool`],
  ['tools.attachment_save.**', `${NOT_YET}: there are no attachments`],
  ['scheduler.**', SCHEDULER],
  ['gateway.max_sessions_per_user', 'no limit: a session that nobody uses costs nothing but its place on the disk'],
  ['gateway.session_idle_ttl_hours', 'no limit: a session is kept until it is deleted'],
  ['agents.*.system_prompt', 'in Nacre the key is prompt'],
  ['agents.*.system_prompt_file', 'in Nacre the key is prompt_file'],
  ['agents.*.max_cost', 'in Nacre budget.turn_usd, in US dollars'],
  ['guest_images.**', GUEST],
  ['web.**', WEB],
  ['mounts.tmp', `${NOT_YET}: only mounts.shared can be moved`],
  ['mounts.vault', `${NOT_YET}: only mounts.shared can be moved`],
  ['resources.**', GUEST],
  [
    'credential_refs.**',
    'no credentials reach a guest: tools.shell.env_keys in agent.toml names variables that commands may see',
  ],
  ['behavior.browser_enabled', `${NOT_YET}: there is no browser tool`],
  ['behavior.timezone', `${NOT_YET}: times are UTC`],
  ['channels.telegram.**', TELEGRAM],
  ['channels.**', `${NOT_YET}: there are no channels`],
]

function matches(pattern: KeyPath, path: KeyPath): boolean {
  const open = pattern.at(-1) === '**'
  const fixed = open ? pattern.slice(0, -1) : pattern
  return (
    (open ? path.length >= fixed.length : path.length === fixed.length) &&
    fixed.every((name, index) => name === '*' || name === path[index])
  )
}
