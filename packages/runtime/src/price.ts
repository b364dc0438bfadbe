import type { Price, Spend, Usage } from '@nacre/types'
import { BYTES_PER_TOKEN } from './context.js'

/** What a call cost. Reasoning that a vendor counts beside its output is counted here too. */
export function costOf(usage: Usage, price: Price | undefined): Spend {
  const { inputTokens, cacheReadTokens = 0, cacheWriteTokens = 0, reasoningTokens = 0 } = usage
  const outputTokens = Math.max(usage.outputTokens, reasoningTokens)
  const tokens = inputTokens + outputTokens
  if (price === undefined) return { microUsd: 0, tokens }
  const { input, output, cacheRead = input, cacheWrite = input, reasoning = output } = ratesAt(price, inputTokens)
  const plain = Math.max(0, inputTokens - cacheReadTokens - cacheWriteTokens)
  const asked = plain * input + cacheReadTokens * cacheRead + cacheWriteTokens * cacheWrite
  const answered = (outputTokens - reasoningTokens) * output + reasoningTokens * reasoning
  return { microUsd: Math.ceil(asked + answered), tokens }
}

/** The rates of a call with so much input: of the highest tier that it is beyond, else the plain ones. */
function ratesAt({ tiers = [], ...plain }: Price, inputTokens: number): Price {
  const beyond = tiers.filter(({ overTokens }) => inputTokens > overTokens)
  return beyond.toSorted((a, b) => b.overTokens - a.overTokens)[0] ?? plain
}

/** The most that a call can cost: every byte of the request estimated, every token of the answer used, at the dearest rates. */
export function reservationOf(requestBytes: number, maxOutputTokens: number, price: Price | undefined): Spend {
  const inputTokens = Math.ceil(requestBytes / BYTES_PER_TOKEN)
  const tokens = inputTokens + maxOutputTokens
  if (price === undefined) return { microUsd: 0, tokens }
  const reachable = [price, ...(price.tiers ?? []).filter(({ overTokens }) => inputTokens > overTokens)]
  const asked = Math.max(
    ...reachable.map(({ input, cacheRead = 0, cacheWrite = 0 }) => Math.max(input, cacheRead, cacheWrite)),
  )
  const answered = Math.max(...reachable.map(({ output, reasoning = 0 }) => Math.max(output, reasoning)))
  return { microUsd: Math.ceil(inputTokens * asked + maxOutputTokens * answered), tokens }
}

/** A price by which no call costs less than by any of these: what is reserved where it is open who answers. */
export function dearestOf(prices: readonly [Price, ...Price[]]): Price {
  if (prices.length === 1) return prices[0]
  const at = (inputTokens: number): Price => {
    const rates = prices.map((price) => ratesAt(price, inputTokens))
    return {
      input: Math.max(
        ...rates.map(({ input, cacheRead = 0, cacheWrite = 0 }) => Math.max(input, cacheRead, cacheWrite)),
      ),
      output: Math.max(...rates.map(({ output, reasoning = 0 }) => Math.max(output, reasoning))),
    }
  }
  const sizes = prices.flatMap(({ tiers = [] }) => tiers.map(({ overTokens }) => overTokens))
  return { ...at(0), tiers: [...new Set(sizes)].map((overTokens) => ({ ...at(overTokens + 1), overTokens })) }
}
