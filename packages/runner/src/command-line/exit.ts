/** Stable exit codes. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notRunning: 3,
  denied: 4,
  cancelled: 5,
  budget: 6,
  timeout: 7,
} as const

export type ExitName = keyof typeof EXIT

/** What each code tells a script. */
export const EXIT_MEANS: Readonly<Record<ExitName, string>> = {
  ok: 'done',
  failed: 'failed; standard error says what, and how to mend it',
  usage: 'wrong usage; nothing was done',
  notRunning: 'no daemon runs, or it cannot be reached',
  denied: 'an approval, or what was asked before it was done, was denied',
  cancelled: 'the turn was cancelled',
  budget: 'a budget was reached',
  timeout: 'the time that --timeout gave was over; the turn was cancelled',
}
