/** What was, or may have been, spent. Whole numbers; a micro-dollar is a millionth of a US dollar. */
export type Spend = { readonly microUsd: number; readonly tokens: number }

/** What may be spent. An absent kind is not limited. */
export type Allowance = { readonly microUsd?: number; readonly tokens?: number }

/** US dollars per million tokens, that is micro-dollars each. Cached input without a rate costs what input does, reasoning what output does. */
type Rates = {
  readonly input: number
  readonly output: number
  readonly cacheRead?: number
  readonly cacheWrite?: number
  readonly reasoning?: number
}

/** What a model's tokens cost. Of the tiers whose `overTokens` the input of a call exceeds, the highest holds for the whole call. */
export type Price = Rates & { readonly tiers?: readonly PriceTier[] }
export type PriceTier = Rates & { readonly overTokens: number }
