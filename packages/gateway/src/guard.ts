import type { IncomingMessage } from 'node:http'

/** What a listener lets in. Both lists are exact: a name in other letters is another name. */
export type Allowed = { readonly hosts: readonly string[]; readonly origins: readonly string[] }

export type Verdict =
  | { readonly type: 'pass' }
  | { readonly type: 'refused'; readonly status: 403 | 421; readonly words: string }

/**
 * Judges every request and every upgrade before anything else looks at it. A page in a browser always sends its Origin,
 * so nobody's page gets in unless it was named; a name that somebody points at this machine is not one of ours.
 */
export function guard({ headersDistinct }: Pick<IncomingMessage, 'headersDistinct'>, allowed: Allowed): Verdict {
  const hosts = headersDistinct.host ?? []
  const [host] = hosts
  if (hosts.length !== 1 || host === undefined || !allowed.hosts.includes(host)) {
    return { type: 'refused', status: 421, words: 'This gateway does not answer to that Host.' }
  }
  const origins = headersDistinct.origin ?? []
  if (origins.every((origin) => allowed.origins.includes(origin)) && origins.length <= 1) return { type: 'pass' }
  return { type: 'refused', status: 403, words: 'This Origin is not allowed here.' }
}
