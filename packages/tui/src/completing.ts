import { COMMANDS } from './commands.js'
import type { Face } from './face.js'
import { agentItems, modelItems, sessionItems } from './items.js'
import { doing, type Step, still } from './step.js'
import type { Action } from './typed/actions.js'
import { answered, inMenu, refreshed } from './typed/completion.js'

/** With the menu for what stands before the cursor now; files are asked for. */
export function withMenu(face: Face): Step {
  const { completion, ask } = refreshed(face.completion, face.editor, sourcesOf(face))
  const next = { ...face, completion }
  if (ask === undefined || face.hello === undefined) return still(next)
  return doing(next, { type: 'files', request: ask.request, workspace: face.hello.workspace, prefix: ask.query })
}

/** What an action does in the menu that is open; undefined where it is not the menu's. */
export function menuAction(face: Face, action: Action): Step | undefined {
  const found = inMenu(face.completion, face.editor, action)
  return found && withMenu({ ...face, ...found })
}

/** With the files that were found for a question. */
export const offered = (face: Face, request: number, paths: readonly string[]): Face => ({
  ...face,
  completion: answered(face.completion, request, paths),
})

const sourcesOf = (face: Face) => ({
  commands: COMMANDS,
  sessions: sessionItems(face),
  models: modelItems(face),
  agents: agentItems(face),
})
