import { VENDORS, type VendorName } from '@nacre/providers'
import { z } from 'zod'
import {
  baseUrl,
  choice,
  headers,
  listOf,
  name,
  PATH_CHARACTERS,
  secret,
  tags,
  text,
  variable,
  whole,
  words,
} from './schema-values.js'

const PROVIDER_TYPES = [...(Object.keys(VENDORS) as [VendorName, ...VendorName[]]), 'cli', 'offline'] as const

const providerSchema = z.strictObject({
  provider_type: choice(PROVIDER_TYPES)
    .describe('Whose API it speaks; "cli" is a program of this machine, "offline" a few fixed rules.')
    .optional(),
  base_url: baseUrl().describe("Where it is. Without it, the vendor's usual address.").optional(),
  command: text(PATH_CHARACTERS).describe('With "cli": the program that answers what it is told.').optional(),
  args: listOf(
    z.string().max(PATH_CHARACTERS).register(words, { expected: 'a text', secret: true }),
    64,
    'a list of texts',
  )
    .describe('With "cli": its arguments.')
    .optional(),
  api_key: secret().describe('The key itself. A variable is the better place: see api_key_env.').optional(),
  api_key_env: variable().describe('The name of the variable that holds the key.').optional(),
  extra_headers: headers().describe('Headers that every request gets. Their values are treated like keys.').optional(),
  models: listOf(text(256), 64, 'a list of names of models')
    .describe('The models that selection.required and selection.preferred may choose.')
    .optional(),
  tags: tags().describe('What is true of its models here, such as "jurisdiction:eu".').optional(),
  max_concurrent: whole(1, 1000).describe('Calls that may be on their way at once, of all agents together.').optional(),
  message_limit: whole(1, 1_000_000_000).describe('Calls in a window.').optional(),
  token_limit: whole(1, 1_000_000_000_000).describe('Tokens in a window.').optional(),
  window_secs: whole(1, 31_536_000).describe('How long a window is; 60 if not said.').optional(),
  window: choice(['sliding', 'fixed'])
    .describe('Whether the window slides, which it does if not said, or is fixed from the first call on.')
    .optional(),
})

export const registrySchema = z
  .strictObject({ registry: z.record(name('the name of a provider'), providerSchema).prefault({}) })
  .prefault({})

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
