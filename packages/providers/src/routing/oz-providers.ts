import { Fault } from '@nacre/types'
import { Secret } from '../secret.js'
import { VENDORS, type VendorName } from '../vendors.js'
import type { Quota } from './quota.js'

/** A provider as `OZ_PROVIDER_<KEY>_…` describes it. */
export type OzProvider = OzApi | OzCommand
type OzApi = {
  readonly kind: 'api'
  /** Lower case: the `<KEY>`. */
  readonly key: string
  /** `anthropic`, `openai_compatible` and the like, as it was written. */
  readonly type: string
  readonly model: string
  readonly baseUrl?: string
  readonly apiKey?: Secret
  readonly quota?: Quota
}
/** A program that is given the prompt on its standard input. */
type OzCommand = {
  readonly kind: 'command'
  readonly key: string
  readonly model: string
  readonly command: string
  readonly args: readonly string[]
  readonly quota?: Quota
}

/** What a harness asks, the first first, and what becomes of a call for which none has room. */
export type OzRouting = {
  readonly providers: readonly OzProvider[]
  readonly queue: { readonly onSaturation: boolean; readonly maxWaitMs: number }
}

type Env = Readonly<Record<string, string | undefined>>

const PREFIX = 'OZ_PROVIDER_'
const ORDER = `${PREFIX}FALLBACK_ORDER`

/**
 * The providers of a harness from variables: `primary` first, or `OZ_DEFAULT_PROVIDER` where it is none, then the
 * fallback order. One that lacks a model, or a base URL that it needs, is left out. Throws a Fault `invalid_input` that
 * names the variable, never its value; where nothing is left too.
 */
export function ozRouting(env: Env, harness: string, primary?: string): OzRouting {
  const first = primary ?? env.OZ_DEFAULT_PROVIDER ?? 'custom'
  const order = env[`${ORDER}_${upperSnake(harness)}`] ?? env[ORDER] ?? ''
  const keys = [first, ...order.split(',')].map((key) => key.trim().toLowerCase()).filter((key) => key !== '')
  const providers = [...new Set(keys)].flatMap((key) => providerOf(env, key) ?? [])
  if (providers.length === 0)
    throw new Fault(
      'invalid_input',
      `No providers are configured for the harness '${harness}' (asked: ${keys.join(', ')}).`,
      {
        mend: `Set ${PREFIX}${upperSnake(first)}_MODEL, and ${PREFIX}${upperSnake(first)}_BASE_URL where it is compatible with OpenAI.`,
      },
    )
  const queue = {
    onSaturation: flag(env, 'OZ_QUEUE_ON_SATURATION'),
    maxWaitMs: (whole(env, 'OZ_QUEUE_MAX_WAIT_SECONDS') ?? MAX_WAIT_SECS) * 1000,
  }
  return { providers, queue }
}
const MAX_WAIT_SECS = 300

function providerOf(env: Env, key: string): OzProvider | undefined {
  const own = (name: string) => `${PREFIX}${upperSnake(key)}_${name}`
  /** The provider's own variable, else the one for all. */
  const either = (name: string, ...others: readonly string[]) =>
    [own(name), `${PREFIX}${name}`, ...others].find((variable) => (env[variable] ?? '') !== '')
  const text = (variable: string | undefined) => (variable === undefined ? undefined : env[variable])
  const type = text(own('TYPE'))?.toLowerCase() ?? key
  const quota = quotaOf(env, either('MSG_LIMIT'), either('WINDOW_SECONDS'))
  const command = text(own('CLI_CMD'))
  const shared = { key, ...(quota && { quota }) }
  if (type === 'cli' || command !== undefined) {
    if (command === undefined) return undefined
    return {
      kind: 'command',
      ...shared,
      model: text(either('MODEL', 'OZ_MODEL')) ?? 'cli',
      command,
      args: argsOf(env, own('CLI_ARGS')),
    }
  }
  const model = text(either('MODEL', 'OZ_MODEL'))
  const baseUrl = text(either('BASE_URL'))
  if (model === undefined || (baseUrl === undefined && !hasHome(type))) return undefined
  const apiKey = text(either('API_KEY'))
  return {
    kind: 'api',
    ...shared,
    type,
    model,
    ...(baseUrl && { baseUrl }),
    ...(apiKey && { apiKey: new Secret(apiKey) }),
  }
}

/** Whether requests have a usual address; one on this machine counts too. */
const hasHome = (type: string) => Object.hasOwn(VENDORS, type) && 'baseUrl' in VENDORS[type as VendorName]

/** Both must be set, and more than zero; the window begins at its first use, as it does there. */
function quotaOf(env: Env, limitIn: string | undefined, windowIn: string | undefined): Quota | undefined {
  const limit = limitIn === undefined ? 0 : (whole(env, limitIn) ?? 0)
  const windowSecs = windowIn === undefined ? 0 : (whole(env, windowIn) ?? 0)
  if (limit === 0 || windowSecs === 0) return undefined
  return { counts: 'messages', limit, windowMs: windowSecs * 1000, window: 'fixed' }
}

/** A JSON list of texts, or words between spaces. */
function argsOf(env: Env, variable: string): readonly string[] {
  const text = (env[variable] ?? '').trim()
  if (!text.startsWith('[')) return text === '' ? [] : text.split(/\s+/)
  const list: unknown = parsed(text)
  if (Array.isArray(list) && list.every((one) => typeof one === 'string')) return list
  throw wrong(variable, 'a JSON list of texts, or words between spaces')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function whole(env: Env, variable: string): number | undefined {
  const text = env[variable]?.trim()
  if (text === undefined || text === '') return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw wrong(variable, 'a whole number of at most nine digits')
}

const flag = (env: Env, variable: string): boolean => /^(1|true|on|yes)$/i.test(env[variable]?.trim() ?? '')

const upperSnake = (text: string) => text.toUpperCase().replace(/[^A-Z0-9]+/g, '_')

const wrong = (variable: string, expected: string) =>
  new Fault('invalid_input', `The variable ${variable} is not ${expected}.`, { mend: 'Put it right, or unset it.' })
