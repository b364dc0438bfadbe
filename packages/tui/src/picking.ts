import { open } from './asks.js'
import { line } from './drawn/line.js'
import { type Face, say } from './face.js'
import { agentItems, modelItems, sessionItems } from './items.js'
import { cleanInline } from './said/clean.js'
import { doing, type Step, still } from './step.js'
import { historyItems } from './typed/history.js'
import type { Key } from './typed/keys.js'
import type { Item } from './typed/list-rows.js'
import { newPicker, type Picker, pick } from './typed/picker.js'
import { withText } from './typing.js'

/** A list that is open in the place of what is typed, and what is chosen from it. */
export type Picking = { readonly what: 'session' | 'model' | 'agent' | 'history'; readonly picker: Picker }

export const pickSessions = (face: Face): Face => withPicker(face, 'session', 'Session', sessionItems(face))

export function pickAgents(face: Face, what: 'model' | 'agent' | undefined): Face {
  if (what === undefined) return face
  return withPicker(
    face,
    what,
    what === 'model' ? 'Model' : 'Agent',
    what === 'model' ? modelItems(face) : agentItems(face),
  )
}

export const pickHistory = (face: Face): Face =>
  withPicker(face, 'history', 'Sent before', historyItems(face.editor.history))

function withPicker(face: Face, what: Picking['what'], title: string, items: readonly Item[]): Face {
  if (!face.plain) return { ...face, picking: { what, picker: newPicker(title, items, true) } }
  return say(
    face,
    items.map(({ label, note }) => line(`${cleanInline(label)}  ${cleanInline(note)}`, 'plain', 2)),
  )
}

/** What a key does in the list that is open. */
export function picked(face: Face, { what, picker }: Picking, key: Key): Step {
  const result = pick(picker, key, face.keymap)
  const { picking: _, ...closed } = face
  switch (result.type) {
    case 'open':
      return still({ ...face, picking: { what, picker: result.picker } })
    case 'closed':
      return still(closed)
    case 'chosen':
      return chosen(closed, what, result.item.id)
    default:
      return result satisfies never
  }
}

function chosen(face: Face, what: Picking['what'], id: string): Step {
  const { session } = face
  if (what === 'history') return withText(face, id)
  if (what === 'session') return id === session?.session ? still(face) : open(face, { type: 'switch', prefix: id })
  return session ? doing(face, { type: 'select', session, choice: { [what]: id } }) : still(face)
}
