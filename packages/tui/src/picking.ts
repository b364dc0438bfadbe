import { open } from './asks.js'
import type { Face } from './face.js'
import { modelOf, perMillion, tokens } from './facts.js'
import type { Key } from './keys.js'
import type { Item } from './list-rows.js'
import { newPicker, type Picker, pick } from './picker.js'
import { doing, type Step, still } from './step.js'
import { agoWords } from './words.js'

/** A list that is open in the place of what is typed, and what is chosen from it. */
export type Picking = { readonly what: 'session' | 'model' | 'agent'; readonly picker: Picker }

const ID_CHARS = 8

export const pickSessions = (face: Face): Face => withPicker(face, 'session', 'Session', sessionItems(face))

/** Newest first, by the shortest beginnings of their ids that tell them apart. */
export function sessionItems({ listed: { sessions, at }, session: current }: Face): readonly Item[] {
  const ids = sessions.map(({ session }) => session)
  let length = ID_CHARS
  while (new Set(ids.map((id) => id.slice(0, length))).size < new Set(ids).size) length++
  return sessions
    .toSorted((a, b) => b.updated_at - a.updated_at)
    .map(({ session, title, status, parent, updated_at }) => ({
      id: session,
      label: title || session.slice(0, length),
      note: [
        session.slice(0, length),
        ...(session === current?.session ? ['this one'] : []),
        ...(status === 'idle' ? [] : [status]),
        agoWords(at - updated_at),
        ...(parent ? [`delegate of ${parent.slice(0, length)}`] : []),
      ].join(' · '),
    }))
}

export function pickAgents(face: Face, what: 'model' | 'agent' | undefined): Face {
  if (what === undefined) return face
  return withPicker(
    face,
    what,
    what === 'model' ? 'Model' : 'Agent',
    what === 'model' ? modelItems(face) : agentItems(face),
  )
}

export function modelItems(face: Face): readonly Item[] {
  const current = modelOf(face)
  return (face.agents?.models ?? []).map((one) => ({
    id: one.model,
    label: one.model,
    note: [
      ...(one.model === current ? ['this one'] : []),
      ...(one.context_tokens === undefined ? [] : [`${tokens(one.context_tokens)} context`]),
      ...perMillion(one),
    ].join(' · '),
  }))
}

export function agentItems({ agents, transcript }: Face): readonly Item[] {
  return (agents?.agents ?? []).map(({ name, description, model }) => ({
    id: name,
    label: name,
    note: [...(name === transcript.state.agent ? ['this one'] : []), model, description].join(' · '),
  }))
}

const withPicker = (face: Face, what: Picking['what'], title: string, items: readonly Item[]): Face => ({
  ...face,
  picking: { what, picker: newPicker(title, items, true) },
})

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
  if (what === 'session') return id === session?.session ? still(face) : open(face, { type: 'switch', prefix: id })
  return session ? doing(face, { type: 'select', session, choice: { [what]: id } }) : still(face)
}
