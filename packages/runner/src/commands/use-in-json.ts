import type { Use } from '@nacre/session'

/** What model calls came to, as every --json tells it. */
export const useInJson = (use: Use) => ({
  calls: use.calls,
  input_tokens: use.inputTokens,
  cache_read_tokens: use.cacheReadTokens,
  cache_write_tokens: use.cacheWriteTokens,
  output_tokens: use.outputTokens,
  reasoning_tokens: use.reasoningTokens,
  cost_micro_usd: use.microUsd,
  uncounted_calls: use.uncounted,
})
