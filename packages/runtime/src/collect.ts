import { apply, EMPTY_SESSION, type NewSessionEvent, type SessionState, type Turn } from '@nacre/session'
import { inputId, type World } from '@nacre/types'
import { stamped, type TurnStream } from './draft.js'
import type { TurnEnd } from './run-turn.js'

/** A session's state with one more message of the user in its queue: what `runTurn` starts from without a log. */
export function withInput(text: string, world: World, state: SessionState = EMPTY_SESSION): SessionState {
  const queued: NewSessionEvent = {
    type: 'turn.queued',
    input: inputId(world.id()),
    parts: [{ type: 'text', text }],
    mode: 'queue',
    by: 'sdk',
  }
  return stamped([queued], state, world.now()).reduce(apply, state)
}

export type CollectedTurn = {
  readonly text: string
  readonly end: TurnEnd
  readonly events: readonly NewSessionEvent[]
}

/** Runs a turn to its end; `text` is the final answer, `end.state` where the next turn goes on. */
export async function collect(turn: TurnStream<TurnEnd>): Promise<CollectedTurn> {
  const events: NewSessionEvent[] = []
  for (;;) {
    const next = await turn.next()
    if (next.done) return { text: answerOf(next.value.state), end: next.value, events }
    if (next.value.type === 'record') events.push(...next.value.events)
  }
}

/** What the model said last in the newest turn. */
export const answerOf = (state: SessionState): string => answerOfTurn(state.open ?? state.turns.at(-1))

/** What the model said last in a turn. */
export function answerOfTurn(turn: Turn | undefined): string {
  const parts = turn?.steps.findLast((step) => !step.compacts)?.end?.parts ?? []
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
}
