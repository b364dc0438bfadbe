import { GOAL, type QuestionAnswered, type SessionState, spentByTurn, type Turn, ZERO } from '@nacre/session'
import { boundParts } from '@nacre/tool'
import type { Blobs } from '@nacre/types'
import { answerOfTurn } from './collect.js'

/** What a delegate's parent is told: the answer of the turn that it was made for, how that ended, and what it cost. */
export async function delegateAnswer(
  state: SessionState,
  blobs: Blobs,
): Promise<Pick<QuestionAnswered, 'parts' | 'turn'>> {
  const turn = state.turns.find((other) => (other.turn as string) === GOAL)
  const outcome = turn?.end?.outcome ?? 'cancelled'
  const parts = await boundParts([{ type: 'text', text: wordsOf(turn) }], blobs)
  return { parts, turn: { outcome, spent: turn ? spentByTurn(turn) : ZERO } }
}

function wordsOf(turn: Turn | undefined): string {
  if (turn === undefined) return 'The delegate was cancelled before it began.'
  const { outcome, fault } = turn.end ?? { outcome: 'cancelled' }
  const said = answerOfTurn(turn)
  if (outcome === 'completed') return said
  const why = [`The delegate did not finish: ${outcome}.`, fault?.message ?? ''].join(' ').trim()
  return said === '' ? why : `${why} The last that it said:\n${said}`
}
