import { type Tool, toolsOf } from '@nacre/tool'
import { AskTools } from './ask.tools.js'
import { type DelegateInfo, DelegateTools } from './delegate.tools.js'

/** The tools that ask somebody: ask_user, and delegate_to_agent where there is another agent to delegate to. */
export function askingTools(agents: readonly DelegateInfo[]): readonly Tool[] {
  const ask = toolsOf(new AskTools())
  if (agents.length === 0) return ask
  const list = agents.map(({ name, description }) => `\n- ${name}: ${description}`).join('')
  return [
    ...ask,
    ...toolsOf(new DelegateTools(agents)).map((tool) => ({
      ...tool,
      description: `${tool.description}\nThe agents:${list}`,
    })),
  ]
}
