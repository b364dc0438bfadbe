import { undiciFetch, vendorProvider } from '@nacre/providers'
import type { Catalog } from '@nacre/providers/catalog'
import type { World } from '@nacre/types'
import { Fault } from '@nacre/types'
import { findKey } from '../config/api-key.js'
import { type Config, isHttp } from '../config/config.js'
import type { Env } from '../config/variables.js'
import { selectedModel } from '../daemon/selected.js'

const MOST_OUTPUT_TOKENS = 64
/** More than the question below comes to with any vendor. */
const MOST_INPUT_TOKENS = 100
const WAIT_MS = 60_000
const SHOWN = 80

export type Tried = { readonly said: string; readonly tookMs: number }

/** What one call of `tryModel` costs at most, in micro-dollars; undefined where no price is known. */
export function costOfTry({ selection, providers }: Config, catalog: Catalog): number | undefined {
  const entry = providers.get(selection.provider)
  if (entry === undefined || !isHttp(entry)) return 0
  const found = selectedModel(catalog, entry, selection.model)
  const price = found.type === 'known' ? found.facts.price : undefined
  // Dollars per million tokens are micro-dollars per token.
  return price && Math.ceil(price.input * MOST_INPUT_TOKENS + price.output * MOST_OUTPUT_TOKENS)
}

/**
 * One small call of the selected model, in this process, without tools and without another attempt. Throws what the model's
 * server refuses with; whether there is a key is for the caller to see first.
 */
export async function tryModel(config: Config, env: Env, world: World): Promise<Tried> {
  const { provider: name, model } = config.selection
  const entry = config.providers.get(name)
  if (entry === undefined || !isHttp(entry))
    throw new Fault('unsupported', `${name} is no server of models: there is nothing to call.`, {
      mend: 'Ask it with runner ask.',
    })
  await using network = undiciFetch({ connectMs: config.reliability.connectTimeoutMs })
  const extra = Object.fromEntries([...entry.extraHeaders].map(([header, value]) => [header, value.reveal()]))
  const key = findKey(entry, env)?.key
  const provider = vendorProvider(entry.type, {
    name,
    baseUrl: entry.baseUrl,
    ...(key && { key }),
    fetch: (url, request) => network(url, { ...request, headers: { ...extra, ...request.headers } }),
    world,
    clocks: { firstByteMs: WAIT_MS, betweenChunksMs: WAIT_MS, totalMs: WAIT_MS },
  })
  const started = world.now()
  let said = ''
  const request = {
    model,
    system: 'Answer with one word.',
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'Are you there? Say: yes' }] }],
    tools: [],
    maxOutputTokens: MOST_OUTPUT_TOKENS,
  } as const
  for await (const event of provider.generate(request, { signal: AbortSignal.timeout(WAIT_MS * 2) }))
    if (event.type === 'text') said = (said + event.text).slice(0, SHOWN)
  return { said: said.trim(), tookMs: world.now() - started }
}
