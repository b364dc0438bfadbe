/** One line of the report: what was measured, what it came to, and what it should be. */
export type Row = {
  readonly what: string
  readonly value: string
  /** Without one the row is there for its neighbours' sake. */
  readonly target?: { readonly words: string; readonly met: boolean }
}

/** One measurement, alone in time: they run one after the other. `note` says what the rows do not. */
export type Bench = {
  readonly name: string
  readonly title: string
  readonly note: string
  run(say: (progress: string) => void): Promise<readonly Row[]>
}
