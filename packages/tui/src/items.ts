import type { Face } from './face.js'
import { modelOf, perMillion, tokens } from './facts.js'
import type { Item } from './typed/list-rows.js'
import { agoWords } from './words.js'

const ID_CHARS = 8

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
