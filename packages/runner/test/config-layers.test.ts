import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { machine } from './config-home.ts'

const LAYERS = ['etc', 'own', 'project', 'extra', 'variable'] as const

describe('layers', () => {
  it('the highest layer that has a key sets it, whichever layers have it', async () => {
    const some = fc.uniqueArray(fc.constantFrom(...LAYERS))
    await fc.assert(
      fc.asyncProperty(some, some, async (models, timeouts) => {
        const text = (layer: string) =>
          [
            models.includes(layer as never) ? `selection.model = "${layer}"` : '',
            timeouts.includes(layer as never) ? `reliability.chunk_timeout_ms = ${rank(layer)}` : '',
          ].join('\n')
        const files = LAYERS.slice(0, 4).map((layer) => [`${layer}/agent.toml`, text(layer)] as const)
        const { load, at } = machine(Object.fromEntries(files))
        const env = {
          ...(models.includes('variable') ? { NACRE__SELECTION__MODEL: 'variable' } : {}),
          ...(timeouts.includes('variable') ? { NACRE__RELIABILITY__CHUNK_TIMEOUT_MS: '5' } : {}),
        }
        const config = await load({ env, flags: { config: at('extra/agent.toml') } })
        const highest = (layers: readonly string[]) => LAYERS.findLast((layer) => layers.includes(layer))
        expect(config.selection.model).toBe(highest(models) ?? 'offline')
        expect(config.reliability.chunkTimeoutMs).toBe(rank(highest(timeouts)) || 120_000)
        expect(config.origins.get('selection.model')).toBe(originOf(highest(models), at))
      }),
      { numRuns: 60 },
    )
  })

  it('says of every key what set it', async () => {
    const { load, at } = machine({
      'own/agent.toml': '# mine\n[selection]\nmodel = "m"',
      'own/providers.toml': '[providers.registry.openai]\napi_key_env = "K"',
      'own/users/alice.toml': 'behavior.shell_enabled = true',
    })
    const { origins } = await load({
      user: 'alice',
      env: { NACRE__POLICY__PRIVILEGED: 'deny' },
      flags: { workspace: 'w' },
    })
    expect(Object.fromEntries(origins)).toMatchObject({
      'selection.model': `${at('own/agent.toml')}:3`,
      'selection.provider': 'default',
      'providers.registry.openai.api_key_env': `${at('own/providers.toml')}:2`,
      'providers.registry.openai.provider_type': 'default',
      'behavior.shell_enabled': `${at('own/users/alice.toml')}:1`,
      'policy.privileged': 'variable NACRE__POLICY__PRIVILEGED',
      'mounts.shared': 'flag --workspace',
    })
  })

  it('needs no file and no variable', async () => {
    const { load, home } = machine({})
    const config = await load({ user: 'alice' })
    expect(config).toMatchObject({
      prompt: undefined,
      selection: { provider: 'offline', model: 'offline' },
      runtime: { maxTurns: 50, maxOutputTokens: 8192, contextBudget: { fallbackMaxContextTokens: 128_000 } },
      reliability: {
        maxAttempts: 4,
        backoffBaseMs: 500,
        backoffMaxMs: 30_000,
        connectTimeoutMs: 15_000,
        firstByteTimeoutMs: 300_000,
        chunkTimeoutMs: 120_000,
        totalTimeoutMs: 1_800_000,
      },
      policy: { 'read-only': 'allow', 'side-effecting': 'allow', privileged: 'ask' },
      tools: { shell: { enabled: true, commandTimeoutSecs: 60, envKeys: [] } },
      gateway: { maxConcurrentTurnsPerUser: 10, tcpPort: undefined },
      user: { id: 'alice', tier: 'process' },
    })
    expect([...config.providers.keys()].join(' ')).toBe(
      'offline openai openai_responses anthropic gemini ollama cohere groq mistral deepseek openrouter xai perplexity vercel-gateway huggingface zai moonshot together vllm lmstudio llama-cpp',
    )
    expect(config.workspaceRoot).toBe(join(home, '.local/state/nacre/workspaces'))
    expect(config.user?.workspace).toBe(join(home, '.local/state/nacre/workspaces/alice/shared'))
    expect(new Set(config.origins.values())).toEqual(new Set(['default']))
  })

  it('finds its own and its state directory where XDG says', async () => {
    const { load, at } = machine({ 'xdg/nacre/agent.toml': 'selection.model = "there"' })
    const config = await load({ env: { XDG_CONFIG_HOME: at('xdg'), XDG_STATE_HOME: at('state') } })
    expect(config.selection.model).toBe('there')
    expect(config.workspaceRoot).toBe(at('state/nacre/workspaces'))
  })

  it('takes a directory or a single file of any kind for --config, and refuses one that is not there', async () => {
    const { load, refusal, at } = machine({
      'c/agent.toml': 'selection.model = "c"',
      'c/runner.toml': 'gateway.tcp_port = 7',
    })
    expect(await load({ flags: { config: '../c' } })).toMatchObject({
      selection: { model: 'c' },
      gateway: { tcpPort: 7 },
    })
    const one = await load({ flags: { config: at('c/runner.toml') } })
    expect(one).toMatchObject({ selection: { model: 'offline' }, gateway: { tcpPort: 7 } })
    expect(await refusal({ flags: { config: 'gone.toml' } })).toContain('flag --config: there is no file')
  })
})

const rank = (layer: string | undefined) => LAYERS.indexOf(layer as never) + 1

function originOf(layer: string | undefined, at: (path: string) => string): string {
  if (layer === undefined) return 'default'
  return layer === 'variable' ? 'variable NACRE__SELECTION__MODEL' : `${at(`${layer}/agent.toml`)}:1`
}
