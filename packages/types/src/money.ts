/** What was, or may have been, spent. Whole numbers; a micro-dollar is a millionth of a US dollar. */
export type Spend = { readonly microUsd: number; readonly tokens: number }

/** What may be spent. An absent kind is not limited. */
export type Allowance = { readonly microUsd?: number; readonly tokens?: number }
