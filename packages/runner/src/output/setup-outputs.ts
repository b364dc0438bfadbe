import { z } from 'zod'

const effective = z.strictObject({
  key: z.string(),
  value: z.unknown().describe('As TOML has it; a secret is "***".'),
  origin: z.string().describe('default, file:line, variable NAME or flag --name.'),
  file: z.string().describe('The file that the key belongs into.'),
})
const changed = z.strictObject({
  keys: z.array(z.string()),
  files: z.array(z.string()).describe('Those that were changed; none where nothing had to be.'),
  restart_needed: z.boolean(),
  shadowed: z
    .array(z.strictObject({ key: z.string(), by: z.string() }))
    .describe('Keys that something stronger sets too.'),
  problems: z.array(z.string()).describe('What is still wrong with the configuration.'),
})
const finding = z.strictObject({
  check: z.string(),
  severity: z.enum(['ok', 'fact', 'warning', 'problem']),
  text: z.string(),
  mend: z.string().optional().describe('Every warning and problem has one.'),
})
const unitChanged = z.strictObject({
  path: z.string(),
  done: z.boolean().describe('Whether systemd could be told.'),
  said: z.string().describe('What it said where it could not.'),
  commands: z.array(z.string()).describe('What a person has to type then.'),
})
const found = z.strictObject({
  keys: z.array(z.strictObject({ variable: z.string(), provider: z.string() })),
  ollama: z.strictObject({ url: z.string(), models: z.array(z.string()) }).nullable(),
  docker: z.string(),
  bubblewrap: z.string().nullable(),
})

/** What the commands that set up print with --json, by the command's name. */
export const SETUP_OUTPUTS = {
  setup: z.strictObject({
    provider: z.string(),
    model: z.string(),
    tried: z
      .strictObject({ said: z.string(), took_ms: z.number(), most_micro_usd: z.number().nullable() })
      .nullable()
      .describe('The one call; null where none was made.'),
    files: z.array(z.string()),
    found,
  }),
  'config show': z.strictObject({ keys: z.array(effective) }),
  'config get': effective,
  'config set': changed,
  'config unset': changed,
  'config path': z.strictObject({
    files: z.array(z.strictObject({ kind: z.enum(['providers', 'agent', 'runner', 'user', 'tui']), path: z.string() })),
  }),
  doctor: z.strictObject({ ok: z.boolean(), findings: z.array(finding) }),
  'service install': unitChanged,
  'service uninstall': unitChanged,
  'service status': z.strictObject({
    installed: z.boolean(),
    current: z.boolean().describe('Whether it is what install would write now.'),
    path: z.string(),
    enabled: z.string(),
    active: z.string(),
  }),
} as const
