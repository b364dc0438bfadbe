import type { Call, Transcript } from '@nacre/client'

/** The first call, in order, that waits for a person's word: an approval or an answer. */
export function openQuestion({ state }: Transcript): Call | undefined {
  if (state.open === undefined || state.open.cancelRequested) return undefined
  return state.open.steps.at(-1)?.calls.find(({ status }) => status.type === 'asked' || status.type === 'questioned')
}

export type Verdict = 'approve' | 'deny'

/** Only a bare y, yes, n or no is a verdict: there is no default, and any other text is a message. */
export function verdictOf(typed: string): Verdict | undefined {
  const word = typed.trim().toLowerCase()
  if (word === 'y' || word === 'yes') return 'approve'
  return word === 'n' || word === 'no' ? 'deny' : undefined
}
