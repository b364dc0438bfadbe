/** US dollars per million tokens. */
export type ListPrice = {
  readonly input: number
  readonly output: number
  readonly cacheRead?: number
  readonly cacheWrite?: number
}

const FREE: ListPrice = { input: 0, output: 0 }

/** List prices of common models, by the beginning of their names: the longest that fits counts. A catalog comes later. */
const PRICES: Readonly<Record<string, ListPrice>> = {
  'claude-opus-4': { input: 15, output: 75, cacheRead: 1.5, cacheWrite: 18.75 },
  'claude-opus-4-5': { input: 5, output: 25, cacheRead: 0.5, cacheWrite: 6.25 },
  'claude-sonnet-4': { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
  'claude-haiku-4-5': { input: 1, output: 5, cacheRead: 0.1, cacheWrite: 1.25 },
  'claude-3-5-haiku': { input: 0.8, output: 4, cacheRead: 0.08, cacheWrite: 1 },
  'gpt-4o': { input: 2.5, output: 10, cacheRead: 1.25 },
  'gpt-4o-mini': { input: 0.15, output: 0.6, cacheRead: 0.075 },
  'gpt-4.1': { input: 2, output: 8, cacheRead: 0.5 },
  'gpt-4.1-mini': { input: 0.4, output: 1.6, cacheRead: 0.1 },
  'gpt-4.1-nano': { input: 0.1, output: 0.4, cacheRead: 0.025 },
  'gpt-5': { input: 1.25, output: 10, cacheRead: 0.125 },
  'gpt-5-mini': { input: 0.25, output: 2, cacheRead: 0.025 },
  'gpt-5-nano': { input: 0.05, output: 0.4, cacheRead: 0.005 },
}

/** What a model costs where its vendor sells it; undefined when nobody told us. The offline model is free. */
export function listPrice(provider: 'offline' | 'openai' | 'anthropic', model: string): ListPrice | undefined {
  if (provider === 'offline') return FREE
  const known = Object.keys(PRICES).filter((name) => model === name || model.startsWith(`${name}-`))
  const longest = known.toSorted((a, b) => b.length - a.length)[0]
  return longest === undefined ? undefined : PRICES[longest]
}
