import { nearest } from '@nacre/kit'
import { type Asking, type ToolResult, tool } from '@nacre/tool'
import { delegateToAgentSchema } from './delegate.tools.gen.js'
import { failed } from './text.js'

type DelegateInput = {
  /**
   * The name of the agent
   * @minLength 1
   * @maxLength 64
   */
  readonly agent: string
  /**
   * What it is to do, and what it is to answer. It knows nothing of this conversation
   * @minLength 1
   * @maxLength 16000
   */
  readonly goal: string
  /**
   * Facts that it needs, one each
   * @maxItems 32
   * @default []
   */
  readonly key_facts: readonly string[]
  /**
   * The most that it may spend, in US dollars. It gets a share of what this turn has left in any case
   * @minimum 0.0001
   */
  readonly max_cost_usd?: number
}

/** An agent that others can delegate to, as its caller's model sees it. */
export type DelegateInfo = { readonly name: string; readonly description: string }

export class DelegateTools {
  readonly #agents: readonly DelegateInfo[]

  constructor(agents: readonly DelegateInfo[]) {
    this.#agents = agents
  }

  /**
   * Gives a part of the work to another agent, in a session of its own, and waits for its answer. It only asks: what the
   * agent does is judged by the agent's own tools and by the policy. Delegates that are asked in one answer work at the
   * same time.
   */
  @tool({ schema: delegateToAgentSchema, safety: 'read-only', replay: 'pure' })
  async delegateToAgent(input: DelegateInput): Promise<Asking | ToolResult> {
    const { agent, goal, key_facts: facts, max_cost_usd: usd } = input
    const names = this.#agents.map(({ name }) => name)
    if (!names.includes(agent)) return failed(unknownAgent(agent, names))
    const told = facts.length === 0 ? goal : `${goal}\n\nFacts:\n${facts.map((fact) => `- ${fact}`).join('\n')}`
    return {
      type: 'ask-agent',
      agent,
      parts: [{ type: 'text', text: told }],
      ...(usd !== undefined && { allowance: { microUsd: Math.floor(usd * MICRO) } }),
    }
  }
}

const MICRO = 1_000_000

function unknownAgent(agent: string, names: readonly string[]): string {
  const [meant] = nearest(agent, names)
  const mend = meant === undefined ? `There are: ${names.join(', ')}.` : `Did you mean ${meant}?`
  return `There is no agent ${JSON.stringify(agent)}. ${mend}`
}
