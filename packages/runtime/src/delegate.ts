import { createHash } from 'node:crypto'
import type { Call, Parent, QuestionAsked, SessionState } from '@nacre/session'
import type { Asking } from '@nacre/tool'
import { type Allowance, type CallId, type ContentPart, type SessionId, sessionId } from '@nacre/types'
import { allowance } from './budget.js'

/** Sessions that work for a call of another one. */
export interface Delegates {
  /** Makes the session and gives it its one input, `GOAL`; a repeat finds it. Its answer arrives as `question.answered`. */
  start(delegate: NewDelegate): Promise<void>
  /** Cancels what it was made for. */
  cancel(session: SessionId): Promise<void>
}
export type NewDelegate = {
  readonly session: SessionId
  readonly agent: string
  readonly parts: readonly ContentPart[]
  readonly parent: Parent
}

/** So many sessions deep, the deepest does the work itself; and so many delegates has one turn, for each is a session. */
const DEPTH = 3
const PER_TURN = 16

type ForAgent = Extract<Asking, { type: 'ask-agent' }>
type Asker = { readonly session: SessionId; readonly state: SessionState }

/** The delegate's question, or why there can be none. `left` is what it may cost at most, `before` how many there were. */
export function delegateAsked(
  call: CallId,
  { agent, parts, allowance: wanted }: ForAgent,
  { session, state }: Asker,
  left: Allowance,
  before: number,
): QuestionAsked | { readonly refused: string } {
  if ((state.parent?.depth ?? 0) >= DEPTH)
    return { refused: `Delegates are ${DEPTH} deep already. Do this part yourself.` }
  if (before >= PER_TURN) return { refused: `This turn has had ${PER_TURN} delegates already. Do this part yourself.` }
  const slice = smaller(left, wanted)
  if (slice.microUsd === 0 || slice.tokens === 0)
    return { refused: 'Nothing is left of what this turn may spend, so no delegate can begin.' }
  const isLimited = slice.microUsd !== undefined || slice.tokens !== undefined
  return {
    type: 'question.asked',
    question: delegateId(session, call),
    call,
    parts,
    delegate: { agent, ...(isLimited && { allowance: slice }) },
  }
}

/** What each of `count` delegates gets of what is left; the turn keeps as much for itself. */
export function shareOf(left: Allowance, count: number): Allowance {
  const part = (amount: number | undefined) => (amount === undefined ? undefined : Math.floor(amount / (count + 1)))
  return allowance(part(left.microUsd), part(left.tokens))
}

function smaller(a: Allowance, b: Allowance = {}): Allowance {
  const least = (kind: keyof Allowance) => {
    const each = [a[kind], b[kind]].filter((amount) => amount !== undefined)
    return each.length === 0 ? undefined : Math.min(...each)
  }
  return allowance(least('microUsd'), least('tokens'))
}

/** How many delegates the open turn has had: only their calls have cost something themselves. */
export const delegatesOf = ({ open }: SessionState): number =>
  open?.steps.flatMap(({ calls }) => calls).filter(({ spent }) => spent !== undefined).length ?? 0

/** Named after the call: asked again after a crash it is the same session. */
const delegateId = (session: SessionId, call: string): SessionId =>
  sessionId(`d-${createHash('sha256').update(`${session}/${call}`).digest('hex').slice(0, 20)}`)

/** What starts the session that works for a call, if one does. */
export function delegateOf({ call, status }: Call, { session, state }: Asker): NewDelegate | undefined {
  if (status.type !== 'questioned' || status.delegate === undefined) return undefined
  const { agent, allowance: slice } = status.delegate
  const root = state.parent?.root ?? session
  const parent = { session, call, root, depth: (state.parent?.depth ?? 0) + 1, ...(slice && { allowance: slice }) }
  return { session: sessionId(status.question), agent, parts: status.parts, parent }
}
