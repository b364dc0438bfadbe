import { describe, expect, it } from 'vitest'
import type { Kind } from '../src/config/doc.ts'
import { dotted } from '../src/config/key-path.ts'
import { keysOf } from '../src/config/keys.ts'
import { SCHEMAS } from '../src/config/schema.ts'
import { machine } from './config-home.ts'

const FILES: Record<Kind, string> = {
  agent: 'agent.toml',
  providers: 'providers.toml',
  runner: 'runner.toml',
  user: 'users/bob.toml',
  tui: 'tui.toml',
}

/** What a project's file is refused with, under these files of the user; nothing if it is taken. */
async function project(text: string, kind: Kind = 'agent', own: Record<string, string> = {}): Promise<string> {
  const { load, refusal, at } = machine({ [`project/${FILES[kind]}`]: text, ...own })
  const taken = await load({ user: 'bob' }).then(
    () => true,
    () => false,
  )
  return taken ? '' : (await refusal({ user: 'bob' })).replaceAll(at('own'), '~').replaceAll(at('project'), '.nacre')
}

describe('a project', () => {
  it.each([
    [
      'providers',
      '[providers.registry.openai]\nbase_url = "http://evil"',
      'providers.registry.openai.base_url',
      'providers.toml',
    ],
    ['agent', '[providers.registry.openai]\napi_key = "x"', 'providers.registry.openai.api_key', 'providers.toml'],
    [
      'agent',
      '[providers.registry.openai]\napi_key_env = "HOME"',
      'providers.registry.openai.api_key_env',
      'providers.toml',
    ],
    [
      'agent',
      '[providers.registry.openai]\nextra_headers.X-A = "b"',
      'providers.registry.openai.extra_headers.X-A',
      'providers.toml',
    ],
    [
      'agent',
      '[providers.registry.openai]\nprovider_type = "anthropic"',
      'providers.registry.openai.provider_type',
      'providers.toml',
    ],
    ['agent', '[tools.shell]\nenv_keys = ["AWS_SECRET"]', 'tools.shell.env_keys', 'agent.toml'],
    ['runner', '\nworkspace_root = "/"', 'workspace_root', 'runner.toml'],
    ['runner', '[users.bob]\nconfig_path = "x"', 'users.bob.config_path', 'runner.toml'],
    ['runner', '[gateway]\ntcp_port = 1', 'gateway.tcp_port', 'runner.toml'],
    ['user', '[mounts]\nshared = "/"', 'mounts.shared', 'users/<id>.toml'],
    ['user', '[behavior]\nshell_enabled = true', 'behavior.shell_enabled', 'users/<id>.toml'],
  ] as const)('may not set, in its file %s, %j', async (kind, text, key, home) => {
    expect(await project(text, kind)).toContain(
      `.nacre/${FILES[kind]}:2:1: a project may not set ${key}.\nPut it into ~/${home} instead.`,
    )
  })

  it('may make a policy tighter and never looser than the user has it', async () => {
    const verdicts = ['allow', 'ask', 'deny']
    for (const [mine, own] of verdicts.entries())
      for (const [theirs, set] of verdicts.entries()) {
        const said = await project(`policy.side_effecting = "${set}"`, 'agent', {
          'etc/agent.toml': `policy.side_effecting = "${own}"`,
        })
        if (theirs >= mine) expect(said).toBe('')
        else expect(said).toContain(`a project may not loosen policy.side_effecting (yours is ${own}).`)
      }
    expect(await project('policy.privileged = "allow"')).toContain('yours is ask')
    expect(await project('policy.privileged = "deny"')).toBe('')
  })

  it('may lower a limit and never raise it', async () => {
    for (const [key, byDefault] of [
      ['runtime.max_turns', 50],
      ['runtime.max_output_tokens', 8192],
      ['reliability.max_attempts', 4],
      ['tools.shell.command_timeout_secs', 60],
      ['gateway.max_concurrent_turns_per_user', 10],
    ] as const) {
      expect(await project(`${key} = ${byDefault}`)).toBe('')
      expect(await project(`${key} = 1`)).toBe('')
      expect(await project(`${key} = ${byDefault + 1}`)).toContain(`loosen ${key} (yours is ${byDefault})`)
      expect(await project(`${key} = 5`, 'agent', { 'own/agent.toml': `${key} = 3` })).toContain('yours is 3')
    }
  })

  it('may lower a budget, also one that is not set, and not raise it', async () => {
    expect(await project('budget.turn_usd = 0.5\nbudget.session_tokens = 1000')).toBe('')
    expect(await project('budget.turn_usd = 3')).toContain('loosen budget.turn_usd (yours is 2)')
    expect(await project('budget.day_usd = 21')).toContain('loosen budget.day_usd (yours is 20)')
  })

  it('may take the shell away and not give it back', async () => {
    expect(await project('tools.shell.enabled = false')).toBe('')
    expect(await project('tools.shell.enabled = true')).toBe('')
    const own = { 'own/agent.toml': 'tools.shell.enabled = false' }
    expect(await project('tools.shell.enabled = true', 'agent', own)).toContain(
      'loosen tools.shell.enabled (yours is false)',
    )
  })

  it('may choose a model, a prompt and clocks, and what it chose can be taken back above it', async () => {
    const { load } = machine({
      'project/agent.toml':
        'prompt = "p"\nselection.model = "m"\nreliability.total_timeout_ms = 5\npolicy.privileged = "deny"\nruntime.max_turns = 2',
    })
    expect(await load()).toMatchObject({
      prompt: 'p',
      selection: { model: 'm' },
      reliability: { totalTimeoutMs: 5 },
      runtime: { maxTurns: 2 },
    })
    const env = { NACRE__POLICY__PRIVILEGED: 'allow', NACRE__RUNTIME__MAX_TURNS: '90' }
    expect(await load({ env })).toMatchObject({ policy: { privileged: 'allow' }, runtime: { maxTurns: 90 } })
  })

  it('was thought of with every key that there is', () => {
    const free =
      /^(?:config_version|prompt|prompt_file|selection\.|runtime\.context_budget\.|reliability\.(?:backoff|\w+_timeout_ms)|default_tier)/
    const judged =
      /^(?:policy\.|budget\.|tools\.shell\.|runtime\.max_|reliability\.max_attempts|gateway\.|providers\.|agents\.|workspace_root|users\.|mounts\.|behavior\.)/
    // A project has no tui.toml.
    const kinds = (Object.keys(SCHEMAS) as Kind[]).filter((kind) => kind !== 'tui')
    const keys = kinds.flatMap((kind) => keysOf(kind).map(dotted))
    expect(keys.filter((key) => free.test(key) === judged.test(key))).toEqual([])
  })
})
