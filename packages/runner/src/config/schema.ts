import { z } from 'zod'
import type { Kind } from './doc.js'
import { registrySchema } from './schema-providers.js'
import {
  choice,
  conditions,
  flag,
  limitMs,
  listOf,
  modelNames,
  name,
  path,
  text,
  tier,
  tokenLimit,
  toolName,
  usd,
  variable,
  verdict,
  whole,
  words,
} from './schema-values.js'

const PROMPT_CHARACTERS = 262_144

/** The layout's version; it changes when a key changes its meaning. */
const version = z
  .literal('1')
  .register(words, { expected: '"1"' })
  .default('1')
  .describe('The version of the layout of this file.')

/** Who may answer beside the model that is named; see docs/decisions/routing.md. */
const routing = {
  fallback: modelNames()
    .describe('Models that are asked after it, in this order, where it is limited, down or out of its quota.')
    .optional(),
  required: conditions()
    .describe('What every model that may be asked must be; a start that none meets is refused.')
    .optional(),
  preferred: conditions().describe("Which of the registry's models are asked first.").optional(),
}

/** What may be spent, in dollars and in tokens; a kind that is not named is not limited. */
const budget = z.strictObject({
  call_usd: usd().describe('What one model call may cost at most.').optional(),
  turn_usd: usd().default(2).describe('What one turn may cost, with what it delegates.'),
  session_usd: usd().describe('What one session may cost.').optional(),
  day_usd: usd().default(20).describe('What a day (UTC) may cost, all sessions together.'),
  call_tokens: tokenLimit().describe('Tokens of one model call, in and out.').optional(),
  turn_tokens: tokenLimit().describe('Tokens of one turn, in and out.').optional(),
  session_tokens: tokenLimit().describe('Tokens of one session, in and out.').optional(),
  day_tokens: tokenLimit().describe('Tokens of a day (UTC), in and out, all sessions together.').optional(),
})

const runtime = z.strictObject({
  max_turns: whole(1, 1000).default(50).describe('Model calls in one turn. The last one is made without tools.'),
  max_output_tokens: whole(1, 1_000_000)
    .default(8192)
    .describe('Room kept free for the answer; less where the catalog knows that the model gives less.'),
  context_budget: z
    .strictObject({
      fallback_max_context_tokens: whole(1000, 10_000_000)
        .default(128_000)
        .describe('What a model is given at most; less where the catalog knows that it takes less.'),
    })
    .prefault({}),
})
const reliability = z.strictObject({
  max_attempts: whole(1, 20).default(4).describe('Calls to a provider before it is given up.'),
  backoff_base_ms: limitMs(500).describe('The first wait before another attempt is random below this.'),
  backoff_max_ms: limitMs(30_000).describe('No wait before another attempt is longer.'),
  connect_timeout_ms: limitMs(15_000).describe('How long a connection may take.'),
  first_byte_timeout_ms: limitMs(300_000).describe('How long the first byte of an answer may take.'),
  chunk_timeout_ms: limitMs(120_000).describe('How long an answer may pause.'),
  total_timeout_ms: limitMs(1_800_000).describe('How long a whole answer may take.'),
})
const shell = z.strictObject({
  enabled: flag().default(true).describe('Whether there is a shell at all.'),
  command_timeout_secs: whole(1, 86_400).default(60).describe('A command that takes longer is ended.'),
  env_keys: listOf(variable(), 64, 'a list of names of environment variables')
    .default([])
    .describe('Variables of yours that commands may see. What stands here, the model can read.'),
})

/** A named agent. What it does not say of itself is as at the top. */
const namedAgent = z.strictObject({
  description: text(400).describe('What it is for, in the words that agents choose by.').optional(),
  prompt: text(PROMPT_CHARACTERS).describe('Its system prompt.').optional(),
  prompt_file: path().describe('A file with its system prompt, instead of prompt.').optional(),
  selection: z
    .strictObject({
      provider: text(32).describe('An entry of providers.registry.').optional(),
      model: text(256).describe("The model's name as the provider has it.").optional(),
      ...routing,
    })
    .prefault({}),
  tools: listOf(toolName(), 256, 'a list of names of tools').describe('The only tools that it has.').optional(),
  max_turns: whole(1, 1000).describe('Model calls in one turn of its own.').optional(),
  budget: z
    .strictObject({
      call_usd: usd().describe('What one model call may cost at most.').optional(),
      turn_usd: usd().describe('What one turn may cost.').optional(),
      session_usd: usd().describe('What one session may cost.').optional(),
      call_tokens: tokenLimit().describe('Tokens of one model call, in and out.').optional(),
      turn_tokens: tokenLimit().describe('Tokens of one turn, in and out.').optional(),
      session_tokens: tokenLimit().describe('Tokens of one session, in and out.').optional(),
    })
    .prefault({}),
})

/** agent.toml: how an agent thinks and what it may do. */
export const agentSchema = z.strictObject({
  config_version: version,
  prompt: text(PROMPT_CHARACTERS).describe("The agent's system prompt.").optional(),
  prompt_file: path().describe('A file with the system prompt, instead of prompt.').optional(),
  selection: z
    .strictObject({
      provider: text(32).default('offline').describe('An entry of providers.registry.'),
      model: text(256)
        .default('offline')
        .describe('The model\'s name as the provider has it. Needed with every provider but "offline".'),
      ...routing,
    })
    .prefault({}),
  runtime: runtime.prefault({}),
  reliability: reliability.prefault({}),
  budget: budget.prefault({}),
  policy: z
    .strictObject({
      read_only: verdict.default('allow').describe('What is done with tools that look at the workspace.'),
      side_effecting: verdict.default('allow').describe('What is done with tools that change files in the workspace.'),
      privileged: verdict.default('ask').describe('What is done with any other tool, such as the shell.'),
      tools: z
        .record(
          toolName(),
          verdict.describe('What is done with the tool of this name. The stricter of the two words holds.'),
        )
        .prefault({}),
      approval_expires_secs: whole(1, 31_536_000)
        .default(604_800)
        .describe('An approval that nobody gives within this time counts as denied.'),
    })
    .prefault({}),
  tools: z.strictObject({ shell: shell.prefault({}) }).prefault({}),
  gateway: z
    .strictObject({
      max_concurrent_turns_per_user: whole(1, 1000)
        .default(10)
        .describe('Turns of one user that run side by side, in different sessions.'),
    })
    .prefault({}),
  agents: z.record(name('the name of an agent'), namedAgent).prefault({}),
  providers: registrySchema,
})

/** providers.toml: the registry alone, so that keys can live in a file of their own. */
const providersSchema = z.strictObject({ config_version: version, providers: registrySchema })

/** runner.toml: this machine. */
export const runnerSchema = z.strictObject({
  config_version: version,
  workspace_root: path()
    .describe("Each user's workspace is <workspace_root>/<user>/shared. Default: $XDG_STATE_HOME/nacre/workspaces.")
    .optional(),
  default_tier: tier.default('process').describe('What a guest is isolated with.'),
  gateway: z
    .strictObject({
      tcp_port: whole(0, 65_535)
        .describe('A port on 127.0.0.1 beside the Unix socket, 0 for any free one. Without it no port is opened.')
        .optional(),
    })
    .prefault({}),
  users: z
    .record(
      name('a user'),
      z.strictObject({
        config_path: path().describe("Where this user's file lies, if not in users/<id>.toml.").optional(),
      }),
    )
    .prefault({}),
})

/** users/<id>.toml: one person. */
export const userSchema = z.strictObject({
  config_version: version,
  mounts: z
    .strictObject({
      shared: path().describe('Their own workspace, a directory for the agent alone.').optional(),
    })
    .prefault({}),
  behavior: z
    .strictObject({
      shell_enabled: flag()
        .describe('false takes the shell away; true does not give one that agent.toml has taken.')
        .optional(),
      sandbox_tier: tier.describe('Overrides default_tier of runner.toml.').optional(),
    })
    .prefault({}),
})

const keyName = () => text(64).register(words, { expected: 'the name of a key, such as "ctrl-r"' })

/** tui.toml: the terminal's face. */
export const tuiSchema = z.strictObject({
  config_version: version,
  theme: choice(['auto', 'dark', 'light', 'none'])
    .default('auto')
    .describe('The colours: "auto" asks the terminal what it has, "none" uses none.'),
  keys: z
    .record(
      z
        .string()
        .regex(/^[a-z][a-z0-9_-]{0,63}$/)
        .register(words, { expected: 'the name of an action' }),
      z
        .union([keyName(), z.array(keyName()).max(16)])
        .register(words, { expected: 'the name of a key, or a list of them' })
        .describe('The key, or the list of keys, that does this.'),
    )
    .prefault({}),
})

export const SCHEMAS: Readonly<Record<Kind, z.ZodType>> = {
  agent: agentSchema,
  providers: providersSchema,
  runner: runnerSchema,
  user: userSchema,
  tui: tuiSchema,
}

export type AgentToml = z.output<typeof agentSchema>
export type RunnerToml = z.output<typeof runnerSchema>
export type UserToml = z.output<typeof userSchema>
