import type { CallId, Message } from '@nacre/types'

/**
 * Names for a request's calls that every vendor takes: nine letters and digits (Mistral wants exactly nine), counted
 * in the order in which calls appear. Two calls never share one, and a history that only grows keeps its names.
 */
export function wireIds(messages: readonly Message[]): (call: CallId) => string {
  const names = new Map<CallId, string>()
  const name = (call: CallId) => {
    const known = names.get(call)
    if (known !== undefined) return known
    const fresh = `call${names.size.toString(36).padStart(5, '0')}`
    names.set(call, fresh)
    return fresh
  }
  for (const message of messages) for (const call of callsOf(message)) name(call)
  return name
}

const callsOf = (message: Message): readonly CallId[] => {
  if (message.role === 'tool') return message.results.map((result) => result.call)
  return message.role === 'user' ? [] : message.parts.flatMap((part) => (part.type === 'call' ? [part.call] : []))
}
