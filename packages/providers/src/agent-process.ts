/** A program that was started, and everything that it started. */
export type AgentProcess = {
  readonly output: AsyncIterable<Uint8Array>
  /** What it said on stderr so far, its end at least. */
  complaints(): string
  /** Rejects where the program could not be started. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>
  /** Ends the whole process group, and resolves when its leader is gone. */
  end(): Promise<void>
}

export type AgentProgram = {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** Starts a program in a process group of its own, with this environment and no other, and `input` on its stdin. */
export type SpawnAgent = (program: AgentProgram, input: string) => Promise<AgentProcess>
