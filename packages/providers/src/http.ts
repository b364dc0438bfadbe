/** The narrow way to the network that a provider needs. `undiciFetch` makes one; tests hand in their own. */
export type HttpFetch = (url: string, request: HttpRequest) => Promise<HttpResponse>

export type HttpRequest = {
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  /** Empty with GET. */
  readonly body: string
  /** Aborted when the answer is not wanted any more: the connection is to be closed at once. */
  readonly signal: AbortSignal
}

/** Resolved when the headers are in. `get` takes a lower-case name. */
export type HttpResponse = {
  readonly status: number
  readonly headers: { get(name: string): string | undefined }
  readonly body: AsyncIterable<Uint8Array>
}
