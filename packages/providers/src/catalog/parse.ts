import { z } from 'zod'
import type { Catalog, CatalogModel } from './catalog.js'

/** A catalog that others wrote, as far as it could be read, and in words what could not and so was left out. */
export type ParsedCatalog = { readonly catalog: Catalog; readonly problems: readonly string[] }

const usd = z.number().min(0).max(100_000)
const tokens = z.int().min(0).max(1_000_000_000)
const rates = {
  input: usd,
  output: usd,
  cache_read: usd.exactOptional(),
  cache_write: usd.exactOptional(),
  reasoning: usd.exactOptional(),
}
const tier = z.object({ ...rates, tier: z.object({ size: tokens }) })

/** Unknown keys are dropped: models.dev says more of a model than anybody here asks for. */
const costSchema = z
  .object({
    ...rates,
    input: usd.exactOptional(),
    output: usd.exactOptional(),
    tiers: z.array(tier).max(16).exactOptional(),
    context_over_200k: z.object(rates).exactOptional(),
  })
  .transform(({ context_over_200k: over, ...cost }) =>
    over === undefined || cost.tiers !== undefined ? cost : { ...cost, tiers: [{ ...over, tier: { size: 200_000 } }] },
  )
const modelSchema = z.object({
  name: z.string().max(256).exactOptional(),
  reasoning: z.boolean().exactOptional(),
  tool_call: z.boolean().exactOptional(),
  structured_output: z.boolean().exactOptional(),
  modalities: z
    .object({ input: z.array(z.string()).max(16).exactOptional(), output: z.array(z.string()).max(16).exactOptional() })
    .exactOptional(),
  cost: costSchema.exactOptional(),
  limit: z.object({ context: tokens.exactOptional(), output: tokens.exactOptional() }).exactOptional(),
}) satisfies z.ZodType<CatalogModel>
const providerSchema = z.object({
  name: z.string().max(256).exactOptional(),
  api: z.string().max(2048).exactOptional(),
  models: z.record(z.string().min(1).max(256), z.unknown()).default({}),
})

/** Reads a catalog in the shape of models.dev. A model that is broken costs itself only, and is named. */
export function parseCatalog(text: string): ParsedCatalog {
  const problems: string[] = []
  const named = recordOf(text)
  if (typeof named === 'string') return { catalog: {}, problems: [named] }
  const catalog = Object.entries(named).flatMap(([provider, value]) => {
    const parsed = providerSchema.safeParse(value)
    if (!parsed.success) return told(problems, provider, parsed.error)
    const { models, ...rest } = parsed.data
    const good = Object.entries(models).flatMap(([model, facts]) => {
      const read = modelSchema.safeParse(facts)
      return read.success ? [[model, read.data] as const] : told(problems, `${provider}/${model}`, read.error)
    })
    return [[provider, { ...rest, models: Object.fromEntries(good) }] as const]
  })
  return { catalog: Object.fromEntries(catalog), problems }
}

function recordOf(text: string): Readonly<Record<string, unknown>> | string {
  try {
    const parsed = z.record(z.string().min(1).max(64), z.unknown()).safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : 'is not a JSON object of providers.'
  } catch {
    return 'is not JSON.'
  }
}

function told(problems: string[], where: string, error: z.ZodError): readonly [] {
  const [issue] = error.issues
  const path = issue === undefined ? '' : issue.path.map(String).join('.')
  problems.push(`${where}${path === '' ? '' : `: ${path}`}: ${issue?.message ?? 'cannot be read'}.`)
  return []
}
