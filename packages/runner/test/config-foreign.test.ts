import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Kind } from '../src/config/doc.ts'
import { successorOf } from '../src/config/foreign-keys.ts'
import { isKey } from '../src/config/keys.ts'
import { machine } from './config-home.ts'

/** Every key of Oxydra's four files, `<name>` where the user gives the name. */
const OXYDRA: Record<Exclude<Kind, 'providers' | 'tui'>, readonly string[]> = {
  agent:
    `config_version runtime.turn_timeout_secs runtime.max_turns runtime.max_cost runtime.context_budget.trigger_ratio
    runtime.context_budget.safety_buffer_tokens runtime.context_budget.fallback_max_context_tokens
    runtime.summarization.target_ratio runtime.summarization.min_turns memory.enabled memory.remote_url memory.auth_token
    memory.embedding_backend memory.model2vec_model memory.retrieval.top_k memory.retrieval.vector_weight
    memory.retrieval.fts_weight selection.provider selection.model providers.registry.<name>.provider_type
    providers.registry.<name>.base_url providers.registry.<name>.api_key providers.registry.<name>.api_key_env
    providers.registry.<name>.extra_headers.<name> providers.registry.<name>.catalog_provider
    providers.registry.<name>.attachment providers.registry.<name>.input_modalities providers.registry.<name>.reasoning
    providers.registry.<name>.max_input_tokens providers.registry.<name>.max_output_tokens
    providers.registry.<name>.max_context_tokens reliability.max_attempts reliability.backoff_base_ms
    reliability.backoff_max_ms reliability.jitter catalog.skip_catalog_validation catalog.pinned_url
    tools.web_search.provider tools.web_search.base_url tools.web_search.base_urls tools.web_search.api_key_env
    tools.web_search.engine_id_env tools.web_search.query_params tools.web_search.engines tools.web_search.categories
    tools.web_search.safesearch tools.web_search.egress_allowlist tools.shell.enabled tools.shell.allow tools.shell.deny
    tools.shell.replace_defaults tools.shell.allow_operators tools.shell.env_keys tools.shell.command_timeout_secs
    tools.browser.enabled tools.browser.cdp_url tools.attachment_save.timeout_secs scheduler.enabled
    scheduler.poll_interval_secs scheduler.max_concurrent scheduler.max_schedules_per_user scheduler.max_turns
    scheduler.max_cost scheduler.max_run_history scheduler.min_interval_secs scheduler.default_timezone
    scheduler.auto_disable_after_failures scheduler.notify_after_failures gateway.max_sessions_per_user
    gateway.max_concurrent_turns_per_user gateway.session_idle_ttl_hours agents.<name>.system_prompt
    agents.<name>.system_prompt_file agents.<name>.selection.provider agents.<name>.selection.model agents.<name>.tools
    agents.<name>.max_turns agents.<name>.max_cost`.split(/\s+/),
  runner:
    `config_version workspace_root users.<name>.config_path default_tier guest_images.oxydra_vm guest_images.shell_vm
    guest_images.firecracker_oxydra_vm_config guest_images.firecracker_shell_vm_config web.enabled web.bind web.auth_mode
    web.auth_token_env web.auth_token`.split(/\s+/),
  user: `config_version mounts.shared mounts.tmp mounts.vault resources.max_vcpus resources.max_memory_mib
    resources.max_processes credential_refs.<name> behavior.sandbox_tier behavior.shell_enabled behavior.browser_enabled
    behavior.timezone channels.telegram.enabled channels.telegram.bot_token_env channels.telegram.polling_timeout_secs
    channels.telegram.max_message_length channels.telegram.senders`.split(/\s+/),
}
const FILES = { agent: 'agent.toml', runner: 'runner.toml', user: 'users/bob.toml' }
/** Words of the reference's tables that are no keys: types and values. */
const TYPES = new Set('name id usize bool u8 u16 u32 u64 image audio video pdf document'.split(' '))
const all = Object.entries(OXYDRA).flatMap(([kind, keys]) =>
  keys.map((key) => ({ kind: kind as keyof typeof OXYDRA, key })),
)
const named = (key: string) => key.replaceAll('<name>', 'some')
const ours = all.filter(({ kind, key }) => isKey(kind, named(key).split('.')))
const theirs = all.filter((each) => !ours.includes(each))

describe('a key of Oxydra', () => {
  it('is ours too, or is refused with its successor or "not yet", and never both', () => {
    expect([ours.length, theirs.length]).toEqual([29, 79])
    for (const { key } of ours) expect(successorOf(named(key).split('.')), key).toBeUndefined()
  })

  it.each(theirs)('$key is answered by name and line', async ({ kind, key }) => {
    const { refusal, at } = machine({ [`own/${FILES[kind]}`]: `\n${named(key)} = 1` })
    const text = await refusal({ user: 'bob' })
    expect(text).toContain(`${at(`own/${FILES[kind]}`)}:2:1: ${named(key)}: `)
    expect(text).toMatch(/not yet in this version|in Nacre|no limit|no switch|no list|no credentials/)
    expect(text).not.toContain('unknown key')
  })

  it('names as successors only keys that there are', () => {
    const written = all.map(({ key }) => successorOf(named(key).split('.')) ?? '').join(' ')
    const mentioned = written.matchAll(/\b(?:runtime|reliability|policy|tools|mounts)(?:\.[a-z_]+)+/g)
    const keys = [...mentioned].map(([key]) => key).filter((key) => !key.endsWith('reliability'))
    expect(keys.length).toBeGreaterThan(4)
    for (const key of keys)
      expect(
        ['agent', 'user'].some((kind) => isKey(kind as Kind, key.split('.'))),
        key,
      ).toBe(true)
  })

  it('of a table is answered key by key, and a variable like a file', async () => {
    const { refusal } = machine({
      'own/agent.toml': '[memory]\nenabled = true\n[memory.retrieval]\ntop_k = 3\n[[channels]]\nx = 1',
    })
    const text = await refusal({ env: { NACRE__MEMORY__ENABLED: 'true' } })
    expect(text).toMatch(/agent\.toml:2:1: memory\.enabled: not yet/)
    expect(text).toMatch(/agent\.toml:4:1: memory\.retrieval\.top_k: not yet/)
    expect(text).toMatch(/agent\.toml:5:1: channels: not yet/)
    expect(text).toContain('variable NACRE__MEMORY__ENABLED: memory.enabled: not yet')
  })

  it('is in the list above if the reference has it', (ctx) => {
    const reference = new URL('../../../../shared/reference/oxydra.md', import.meta.url)
    if (!existsSync(reference)) return ctx.skip('needs shared data: reference/oxydra.md')
    const text = readFileSync(reference, 'utf8')
    const rows = text.slice(text.indexOf('## 2.2'), text.indexOf('## 2.6')).match(/^\| `[^|]+\|/gm) ?? []
    const leafNames = rows.flatMap((row) => row.match(/[a-z][a-z0-9_]+/g) ?? []).filter((name) => !TYPES.has(name))
    const known = new Set(all.flatMap(({ key }) => key.split(/[.<>]+/)))
    // What a row's short form or a list's inner table has.
    const inner = ['platform_ids', 'display_name']
    expect(leafNames.length).toBeGreaterThan(90)
    expect(
      leafNames.filter((name) => !known.has(name) && !inner.includes(name) && !/^_?shell_vm_config$/.test(name)),
    ).toEqual([])
  })
})
