// Written by toolgen from the types and docstrings of delegate.tools.ts: change those, then run `pnpm toolgen`.
import { z } from 'zod'

export const delegateToAgentSchema = z
  .strictObject({
    agent: z.string().min(1).max(64).describe('The name of the agent'),
    goal: z
      .string()
      .min(1)
      .max(16000)
      .describe('What it is to do, and what it is to answer. It knows nothing of this conversation'),
    key_facts: z.array(z.string()).max(32).default([]).describe('Facts that it needs, one each'),
    max_cost_usd: z
      .number()
      .min(0.0001)
      .exactOptional()
      .describe('The most that it may spend, in US dollars. It gets a share of what this turn has left in any case'),
  })
  .describe(
    "Gives a part of the work to another agent, in a session of its own, and waits for its answer. It only asks: what the agent does is judged by the agent's own tools and by the policy. Delegates that are asked in one answer work at the same time.",
  )
