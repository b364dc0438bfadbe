import type { Call, Transcript } from '@nacre/client'

/** The first call, in order, that waits for a person's word: an approval or an answer. */
export function openQuestion({ state }: Transcript): Call | undefined {
  if (state.open === undefined || state.open.cancelRequested) return undefined
  return state.open.steps.at(-1)?.calls.find(asksPerson)
}

const asksPerson = ({ status }: Call): boolean =>
  status.type === 'asked' || (status.type === 'questioned' && status.delegate === undefined)

/** What a person typed for one of the choices: its text, or its number. */
export function chosen(typed: string, choices: readonly string[] = []): string {
  const number = /^[1-9]\d?$/.test(typed.trim()) ? Number(typed) : 0
  return choices[number - 1] ?? typed
}

export type Verdict = 'approve' | 'deny'

/** Only a bare y, yes, n or no is a verdict: there is no default, and any other text is a message. */
export function verdictOf(typed: string): Verdict | undefined {
  const word = typed.trim().toLowerCase()
  if (word === 'y' || word === 'yes') return 'approve'
  return word === 'n' || word === 'no' ? 'deny' : undefined
}
