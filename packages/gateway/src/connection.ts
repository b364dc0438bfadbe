/** An accepted connection on which nobody is trusted yet. What was sent before `close` is still delivered. */
export type Connection = {
  /** A returned promise resolves once the frame has left this process; until then it counts against the peer's budget. */
  send(frame: string): Promise<void> | void
  /** Text messages as strings, binary ones as bytes (which are refused). Ends when the connection does. */
  readonly messages: AsyncIterable<string | Uint8Array>
  close(code?: number): void
}

/** WebSocket close codes, for who looks at the wire; clients read the error frame before them. */
export const CLOSE = { normal: 1000, goingAway: 1001, unauthenticated: 4401 } as const
