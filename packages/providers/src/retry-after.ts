import type { HttpResponse } from './http.js'

const LONGEST_MS = 24 * 60 * 60 * 1000

/**
 * How long the server asks us to wait: `retry-after-ms`, else `retry-after` in seconds or as an HTTP date
 * (RFC 9110 §10.2.3). At most a day; nothing where it says nothing or zero.
 */
export function retryAfter(headers: HttpResponse['headers'], nowMs: number): number | undefined {
  return msHeader(headers.get('retry-after-ms')) ?? secondsOrDate(headers.get('retry-after'), nowMs)
}

function msHeader(value: string | undefined): number | undefined {
  return value !== undefined && /^\d+(\.\d+)?$/.test(value.trim()) ? bounded(Number(value)) : undefined
}

function secondsOrDate(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined
  if (/^\d+(\.\d+)?$/.test(value.trim())) return bounded(Number(value) * 1000)
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : bounded(at - nowMs)
}

const bounded = (ms: number) => (ms > 0 ? Math.min(Math.ceil(ms), LONGEST_MS) : undefined)
