import { nearest } from '@nacre/kit'
import type { NewSessionEvent, SessionSelected } from '@nacre/session'
import { type Commands, commandId, type Head, type Replies } from '@nacre/types'
import type { Context } from './context.js'
import { type Outcome, refuse } from './refusal.js'

/** What a session may select from. */
export async function listAgents(
  _: Commands['list_agents'],
  { offers: { agents, models } }: Context,
): Promise<Outcome<Replies['list_agents']>> {
  return { result: { agents, models } }
}

/** What is appended for a selection, or why it cannot be made. */
export function selection(
  { command, agent, model }: Commands['select'],
  head: Head,
  context: Context,
): Outcome<readonly NewSessionEvent[]> {
  const { facts, offers } = context
  if (agent === undefined && model === undefined) return NOTHING
  if (agent !== undefined && !facts.agents.includes(agent)) return noAgent(agent, facts.agents)
  const name = agent ?? head.agent
  const own = offers.agents.find((other) => other.name === name)
  if (model !== undefined && !offers.models.some((other) => other.model === model)) return noModel(model, context)
  if (model !== undefined && own?.refuses?.includes(model)) return refused(name, model)
  const selected: SessionSelected = {
    type: 'session.selected',
    command: commandId(command),
    by: context.client,
    ...(agent !== undefined && { agent }),
    ...(model !== undefined && { model }),
  }
  return { result: [selected, ...warnings(model, name, context)] }
}

const NOTHING: Outcome<never> = refuse('bad_frame', 'A selection names an agent, a model or both.')

export const noAgent = (name: string, agents: readonly string[]): Outcome<never> =>
  refuse(
    'agent_not_found',
    'There is no agent of that name.',
    `${meant(nearest(name, agents))}There are: ${agents.join(', ')}. More are made in agent.toml, as [agents.<name>].`,
  )

function noModel(name: string, { offers: { models } }: Context): Outcome<never> {
  const names = models.map(({ model }) => model)
  // Most people leave the provider out.
  const alike = names.filter((other) => other.slice(other.indexOf('/') + 1) === name)
  const near = [...new Set([...alike, ...nearest(name, names)])].slice(0, 3)
  return refuse(
    'model_not_found',
    'No model of that name may be selected here.',
    `${meant(near)}More come with a provider in agent.toml, as providers.registry.<name>.models.`,
  )
}

const meant = (near: readonly string[]) => (near.length === 0 ? '' : `Did you mean ${near.join(', or ')}? `)

const refused = (agent: string, model: string): Outcome<never> =>
  refuse(
    'model_not_found',
    `The agent ${agent} must not be answered by ${model}: it does not meet what the agent requires.`,
    'Select another model, or another agent, or see selection.required in agent.toml.',
  )

/** Limits that do not hold for a model are said where they were believed to hold. */
function warnings(model: string | undefined, name: string, { offers }: Context): readonly NewSessionEvent[] {
  const facts = offers.models.find((other) => other.model === model)
  if (facts === undefined || facts.input_usd_per_mtok !== undefined) return []
  const budget = offers.agents.find((other) => other.name === name)?.budget ?? {}
  const limits = [budget.call, budget.turn, budget.session].flatMap((limit) => limit?.limit_micro_usd ?? [])
  if (limits.length === 0 && offers.day.microUsd === undefined) return []
  const text = `No price is known for ${facts.model}: limits in dollars do not hold for it, those in tokens do.`
  return [{ type: 'notice.posted', level: 'warning', text }]
}
