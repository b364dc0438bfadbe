import type { Provider } from '@nacre/types'
import { DIALECTS, PLAIN } from './dialect.js'
import { DOORS, openaiChat, type WireName } from './doors.js'
import { noBase } from './endpoint.js'
import { Secret } from './secret.js'
import type { ProviderOptions } from './wire.js'
import { wireProvider } from './wire-provider.js'

/** Where a vendor's models are, what they speak, and how they are told the key. */
export type Vendor = {
  readonly wire: WireName
  /** None where every customer has an address of his own. */
  readonly baseUrl?: string
  /** The header of the key, what stands before it, and the environment variable in which it is commonly kept. */
  readonly key: { readonly header: string; readonly prefix: string; readonly variable?: string }
}

const bearer = (variable?: string): Vendor['key'] => ({
  header: 'authorization',
  prefix: 'Bearer ',
  ...(variable === undefined ? {} : { variable }),
})
const chat = (baseUrl: string, variable?: string): Vendor => ({
  wire: 'openai_chat',
  baseUrl,
  key: bearer(variable),
})

/** By name; that of a chat vendor is the name of its dialect too. */
export const VENDORS = {
  openai: chat('https://api.openai.com/v1', 'OPENAI_API_KEY'),
  openai_responses: { ...chat('https://api.openai.com/v1', 'OPENAI_API_KEY'), wire: 'openai_responses' },
  anthropic: {
    wire: 'anthropic',
    baseUrl: 'https://api.anthropic.com/v1',
    key: { header: 'x-api-key', prefix: '', variable: 'ANTHROPIC_API_KEY' },
  },
  gemini: {
    wire: 'gemini',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    key: { header: 'x-goog-api-key', prefix: '', variable: 'GEMINI_API_KEY' },
  },
  // https://<location>-aiplatform.googleapis.com/v1/projects/<project>/locations/<location>/publishers/<google|anthropic>
  vertex: { wire: 'gemini', key: bearer() },
  'vertex-anthropic': { wire: 'anthropic_vertex', key: bearer() },
  ollama: { wire: 'ollama', baseUrl: 'http://localhost:11434', key: bearer('OLLAMA_API_KEY') },
  cohere: { wire: 'cohere', baseUrl: 'https://api.cohere.com/v2', key: bearer('CO_API_KEY') },
  // https://<resource>.openai.azure.com/openai/v1
  azure: { wire: 'openai_chat', key: { header: 'api-key', prefix: '', variable: 'AZURE_OPENAI_API_KEY' } },
  groq: chat('https://api.groq.com/openai/v1', 'GROQ_API_KEY'),
  mistral: chat('https://api.mistral.ai/v1', 'MISTRAL_API_KEY'),
  deepseek: chat('https://api.deepseek.com/v1', 'DEEPSEEK_API_KEY'),
  openrouter: chat('https://openrouter.ai/api/v1', 'OPENROUTER_API_KEY'),
  xai: chat('https://api.x.ai/v1', 'XAI_API_KEY'),
  // The whole address: there is no version in it.
  perplexity: chat('https://api.perplexity.ai/chat/completions', 'PERPLEXITY_API_KEY'),
  'vercel-gateway': chat('https://ai-gateway.vercel.sh/v1', 'AI_GATEWAY_API_KEY'),
  huggingface: chat('https://router.huggingface.co/v1', 'HF_TOKEN'),
  zai: chat('https://api.z.ai/api/paas/v4', 'ZAI_API_KEY'),
  moonshot: chat('https://api.moonshot.ai/v1', 'MOONSHOT_API_KEY'),
  together: chat('https://api.together.xyz/v1', 'TOGETHER_API_KEY'),
  vllm: chat('http://localhost:8000/v1'),
  lmstudio: chat('http://localhost:1234/v1'),
  'llama.cpp': chat('http://localhost:8080/v1'),
  /** Any other server that speaks Chat Completions. */
  openai_compatible: { wire: 'openai_chat', key: bearer() },
} as const satisfies Readonly<Record<string, Vendor>>
export type VendorName = keyof typeof VENDORS

/**
 * A model of a vendor, at its usual address where no other is given. Throws a Fault `invalid_input` where the address
 * is missing or none.
 */
export function vendorProvider(
  vendor: VendorName,
  { key, baseUrl, ...options }: Omit<ProviderOptions, 'auth' | 'baseUrl'> & { key?: Secret; baseUrl?: string },
): Provider {
  const { wire, baseUrl: usual, key: place }: Vendor = VENDORS[vendor]
  const address = baseUrl ?? usual
  if (address === undefined) throw noBase(options.name, vendor)
  const auth = key && { header: place.header, value: new Secret(`${place.prefix}${key.reveal()}`) }
  const made = { ...options, baseUrl: address, ...(auth && { auth }) }
  return wire === 'openai_chat' ? openaiChat(made, dialectOf(vendor)) : wireProvider(DOORS[wire], made)
}

const dialectOf = (vendor: VendorName) => (vendor in DIALECTS ? DIALECTS[vendor as keyof typeof DIALECTS] : PLAIN)
