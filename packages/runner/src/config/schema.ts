import { VENDORS, type VendorName } from '@nacre/providers'
import { parseCondition, tagsOf } from '@nacre/providers/routing'
import { z } from 'zod'
import type { Kind } from './doc.js'

/** What the messages say of a key: what it takes, whether its value may be shown, which values come later. */
export type Words = { readonly expected: string; readonly secret?: true; readonly notYet?: readonly string[] }
export const words = z.registry<Words>()

const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/
const HEADER_VALUE = /^[\x20-\x7e]{0,4096}$/
const PROMPT_CHARACTERS = 262_144
const PATH_CHARACTERS = 4096
const DAY_MS = 86_400_000

const whole = (min: number, max: number) =>
  z
    .int()
    .min(min)
    .max(max)
    .register(words, { expected: `a whole number from ${min} to ${max}` })
const flag = () => z.boolean().register(words, { expected: 'true or false' })
const choice = <const T extends readonly [string, ...string[]]>(values: T, notYet: readonly string[] = []) =>
  z.enum(values).register(words, { expected: `one of ${values.map((value) => `"${value}"`).join(', ')}`, notYet })
const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .register(words, { expected: `a text of 1 to ${max} characters` })
const path = () =>
  z
    .string()
    .min(1)
    .max(PATH_CHARACTERS)
    .refine((value) => !value.includes('\0'))
    .register(words, { expected: 'a path' })
const secret = () =>
  z
    .string()
    .regex(/^[\x21-\x7e]{1,4096}$/)
    .register(words, { expected: 'a text without spaces', secret: true })
const variable = () =>
  z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/)
    .register(words, { expected: 'the name of an environment variable (not its value)', secret: true })
const name = (what: string) =>
  z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,31}$/)
    .register(words, { expected: `${what} of 1 to 32 characters of a-z 0-9 _ -, a letter or digit first` })
const baseUrl = () =>
  z
    .string()
    .refine(isBaseUrl)
    .register(words, { expected: 'an http(s) URL without user name and password', secret: true })

function isBaseUrl(value: string): boolean {
  const url = URL.parse(value)
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
}

/** The layout's version; it changes when a key changes its meaning. */
const version = z.literal('1').register(words, { expected: '"1"' }).default('1')
const verdict = choice(['allow', 'ask', 'deny'])
const tier = choice(['process'], ['container', 'microvm', 'micro_vm'])
const limitMs = (byDefault: number) => whole(1, DAY_MS).default(byDefault)

/** Texts that a parser takes, which throws where it does not. */
const parsed = (parse: (text: string) => unknown, expected: string) =>
  z
    .string()
    .max(400)
    .refine((value) => {
      try {
        return Boolean(parse(value))
      } catch {
        return false
      }
    })
    .register(words, { expected })
const CONDITION = 'a condition on tags, such as "jurisdiction=eu", "security>=medium", "context>=200000" or "tools"'
const conditions = () =>
  z.array(parsed(parseCondition, CONDITION)).max(32).register(words, { expected: 'a list of conditions on tags' })
const tags = z
  .array(parsed((tag) => tagsOf([tag]), 'a tag, such as "eu" or "security:high"'))
  .max(32)
  .register(words, { expected: 'a list of tags' })
const fallback = () =>
  z
    .array(
      z
        .string()
        .regex(/^[a-z0-9][a-z0-9_-]{0,31}\/.{1,256}$/)
        .register(words, { expected: 'a model as "provider/model"' }),
    )
    .max(16)
    .register(words, { expected: 'a list of models, each as "provider/model"' })

/** Who may answer beside the model that is named; see docs/decisions/routing.md. */
const routing = {
  fallback: fallback().optional(),
  required: conditions().optional(),
  preferred: conditions().optional(),
}

const PROVIDER_TYPES = [...(Object.keys(VENDORS) as [VendorName, ...VendorName[]]), 'cli', 'offline'] as const

const providerSchema = z.strictObject({
  provider_type: choice(PROVIDER_TYPES).optional(),
  base_url: baseUrl().optional(),
  command: text(PATH_CHARACTERS).optional(),
  args: z
    .array(z.string().max(PATH_CHARACTERS).register(words, { expected: 'a text', secret: true }))
    .max(64)
    .register(words, { expected: 'a list of texts' })
    .optional(),
  api_key: secret().optional(),
  api_key_env: variable().optional(),
  extra_headers: z
    .record(
      z.string().regex(HEADER_NAME).register(words, { expected: 'the name of an HTTP header' }),
      z.string().regex(HEADER_VALUE).register(words, { expected: 'the text of an HTTP header', secret: true }),
    )
    .optional(),
  models: z.array(text(256)).max(64).register(words, { expected: 'a list of names of models' }).optional(),
  tags: tags.optional(),
  max_concurrent: whole(1, 1000).optional(),
  message_limit: whole(1, 1_000_000_000).optional(),
  token_limit: whole(1, 1_000_000_000_000).optional(),
  window_secs: whole(1, 31_536_000).optional(),
  window: choice(['sliding', 'fixed']).optional(),
})
const registrySchema = z
  .strictObject({ registry: z.record(name('the name of a provider'), providerSchema).prefault({}) })
  .prefault({})

const usd = () =>
  z.number().min(0).max(1_000_000).register(words, { expected: 'an amount of US dollars from 0 to 1000000' })
const tokenLimit = () => whole(1, 1_000_000_000)

/** What may be spent, in dollars and in tokens; a kind that is not named is not limited. */
const budget = z.strictObject({
  call_usd: usd().optional(),
  turn_usd: usd().default(2),
  session_usd: usd().optional(),
  day_usd: usd().default(20),
  call_tokens: tokenLimit().optional(),
  turn_tokens: tokenLimit().optional(),
  session_tokens: tokenLimit().optional(),
  day_tokens: tokenLimit().optional(),
})

const runtime = z.strictObject({
  max_turns: whole(1, 1000).default(50),
  max_output_tokens: whole(1, 1_000_000).default(8192),
  context_budget: z
    .strictObject({ fallback_max_context_tokens: whole(1000, 10_000_000).default(128_000) })
    .prefault({}),
})
const reliability = z.strictObject({
  max_attempts: whole(1, 20).default(4),
  backoff_base_ms: limitMs(500),
  backoff_max_ms: limitMs(30_000),
  connect_timeout_ms: limitMs(15_000),
  first_byte_timeout_ms: limitMs(300_000),
  chunk_timeout_ms: limitMs(120_000),
  total_timeout_ms: limitMs(1_800_000),
})
const shell = z.strictObject({
  enabled: flag().default(true),
  command_timeout_secs: whole(1, 86_400).default(60),
  env_keys: z
    .array(variable())
    .max(64)
    .register(words, { expected: 'a list of names of environment variables' })
    .default([]),
})

const toolName = () =>
  z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,63}$/)
    .register(words, { expected: 'the name of a tool' })

/** A named agent. What it does not say of itself is as at the top. */
const namedAgent = z.strictObject({
  description: text(400).optional(),
  prompt: text(PROMPT_CHARACTERS).optional(),
  prompt_file: path().optional(),
  selection: z.strictObject({ provider: text(32).optional(), model: text(256).optional(), ...routing }).prefault({}),
  tools: z.array(toolName()).max(256).register(words, { expected: 'a list of names of tools' }).optional(),
  max_turns: whole(1, 1000).optional(),
  budget: z
    .strictObject({
      call_usd: usd().optional(),
      turn_usd: usd().optional(),
      session_usd: usd().optional(),
      call_tokens: tokenLimit().optional(),
      turn_tokens: tokenLimit().optional(),
      session_tokens: tokenLimit().optional(),
    })
    .prefault({}),
})

/** agent.toml: how an agent thinks and what it may do. */
export const agentSchema = z.strictObject({
  config_version: version,
  prompt: text(PROMPT_CHARACTERS).optional(),
  prompt_file: path().optional(),
  selection: z
    .strictObject({ provider: text(32).default('offline'), model: text(256).default('offline'), ...routing })
    .prefault({}),
  runtime: runtime.prefault({}),
  reliability: reliability.prefault({}),
  budget: budget.prefault({}),
  policy: z
    .strictObject({
      read_only: verdict.default('allow'),
      side_effecting: verdict.default('allow'),
      privileged: verdict.default('ask'),
      tools: z.record(toolName(), verdict).prefault({}),
      approval_expires_secs: whole(1, 31_536_000).default(604_800),
    })
    .prefault({}),
  tools: z.strictObject({ shell: shell.prefault({}) }).prefault({}),
  gateway: z.strictObject({ max_concurrent_turns_per_user: whole(1, 1000).default(10) }).prefault({}),
  agents: z.record(name('the name of an agent'), namedAgent).prefault({}),
  providers: registrySchema,
})

/** providers.toml: the registry alone, so that keys can live in a file of their own. */
const providersSchema = z.strictObject({ config_version: version, providers: registrySchema })

/** runner.toml: this machine. */
export const runnerSchema = z.strictObject({
  config_version: version,
  workspace_root: path().optional(),
  default_tier: tier.default('process'),
  gateway: z.strictObject({ tcp_port: whole(0, 65_535).optional() }).prefault({}),
  users: z.record(name('a user'), z.strictObject({ config_path: path().optional() })).prefault({}),
})

/** users/<id>.toml: one person. */
export const userSchema = z.strictObject({
  config_version: version,
  mounts: z.strictObject({ shared: path().optional() }).prefault({}),
  behavior: z.strictObject({ shell_enabled: flag().optional(), sandbox_tier: tier.optional() }).prefault({}),
})

export const SCHEMAS: Readonly<Record<Kind, z.ZodType>> = {
  agent: agentSchema,
  providers: providersSchema,
  runner: runnerSchema,
  user: userSchema,
}

/** What the registry holds before any file is read: every vendor with a usual address. A name of ours has no dot. */
const BUILT_IN_TYPES = [
  'offline',
  ...Object.entries(VENDORS).flatMap(([vendor, facts]) => ('baseUrl' in facts ? [vendor] : [])),
]
export const BUILT_IN = {
  providers: {
    registry: Object.fromEntries(
      BUILT_IN_TYPES.map((type) => [type.replaceAll('.', '-'), { provider_type: type }] as const),
    ),
  },
}

export type AgentToml = z.output<typeof agentSchema>
export type RunnerToml = z.output<typeof runnerSchema>
export type UserToml = z.output<typeof userSchema>
