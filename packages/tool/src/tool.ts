import type { Allowance, CallId, ContentPart, JsonObject, ReplayClass, SafetyClass, SessionId } from '@nacre/types'

/** What a running call knows of the world around it. */
export type ToolContext = {
  readonly session: SessionId
  readonly call: CallId
  /** The engine's hold on the session; an effector refuses one lower than it has seen. */
  readonly epoch: number
  /** Aborts when the turn is cancelled or the tool's deadline has passed. */
  readonly signal: AbortSignal
  /** Shows output while the call runs. Never stored; ignored once the call has ended. */
  readonly progress: (stream: 'stdout' | 'stderr', text: string) => void
}

export type ToolResult = { readonly parts: readonly ContentPart[]; readonly isError: boolean }

/** In place of a result: somebody else is asked, and what they answer is the result. */
export type Asking =
  | { readonly type: 'ask-user'; readonly parts: readonly ContentPart[]; readonly choices?: readonly string[] }
  | {
      readonly type: 'ask-agent'
      readonly agent: string
      readonly parts: readonly ContentPart[]
      /** The most that it may cost, if that is less than its share of the turn's own allowance. */
      readonly allowance?: Allowance
    }

/** Arguments after validation, or what is wrong with each, one line a problem. */
export type Parsed =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problems: readonly string[] }

/** One thing a model can call, wherever it comes from. `run` is given only what this tool's own `parse` returned. */
export type Tool = {
  readonly name: string
  readonly description: string
  /** JSON Schema (2020-12) of an object. */
  readonly parameters: JsonObject
  readonly safety: SafetyClass
  readonly replay: ReplayClass
  readonly timeoutMs: number
  parse(args: unknown): Parsed
  /** A text is the same as a result of one text part. A throw becomes an error result. */
  run(value: unknown, context: ToolContext): Promise<ToolResult | string | Asking>
  /** What a call came to whose outcome a crash has hidden, asked under a new epoch. */
  reconcile?(value: unknown, context: ToolContext): Promise<ToolResult | 'not_started' | 'unknown'>
}
