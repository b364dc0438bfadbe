import { readFileSync } from 'node:fs'
import * as providers from '@nacre/providers'
import type { Json, JsonObject } from '@nacre/types'
import { describe, expect, test } from 'vitest'
import { MODELS } from './judges/conversation.mjs'
import { ourRequest } from './judges/ours.mjs'

/**
 * What we send, to the letter, for a conversation with thoughts, parallel calls, a picture, a failed tool, a form for
 * the answer and cache marks; and what the vendors' own clients send for the same one. `judges/capture.mjs` asked them.
 */

type Sent = { url: string; body: JsonObject }
type Record = {
  clients: { [name: string]: string }
  typed: string[]
  ours: { [wire: string]: Sent }
  theirs: { [wire: string]: Sent }
}
const record: Record = JSON.parse(readFileSync(new URL('./judges/bodies.json', import.meta.url), 'utf8'))

/** Where we differ, and why. Nothing else may. */
const DIFFERENCES: { [wire: string]: readonly (readonly [path: RegExp, why: string])[] } = {
  'openai-chat': [
    [/^messages\.\d+\.(tool_calls\.\d+\.id|tool_call_id)$/, 'call ids are made anew: not every vendor takes every id'],
    [/\.(parsed|parsed_arguments)(\.|$)/, 'the client’s own reading of the answer, which the API does not need'],
    [/^messages\.2\.refusal$/, 'null says nothing'],
  ],
  'openai-responses': [
    [/^input\.\d+\.call_id$/, 'call ids are made anew'],
    [/\.parsed(_arguments)?$/, 'the client’s own reading of the answer'],
    [
      /^input\.[234]\.(id|status|type)$/,
      'items that are not stored need no id and no status; a message need not say that it is one',
    ],
    [/^input\.2\.content/, 'a text may stand for the list of one text'],
  ],
  'anthropic-messages': [
    [/\.(id|tool_use_id)$/, 'call ids are made anew'],
    [/\.cache_control\.type$/, 'we mark the cache unasked'],
  ],
  gemini: [],
}

describe.each(Object.keys(MODELS))('over %s', (wire) => {
  test('we send what was judged; after a change run `npm ci && npm run judge` in test/judges', async () => {
    expect(await ourRequest(providers, wire)).toEqual(record.ours[wire])
  })
})

describe.each(Object.keys(record.theirs))('%s', (wire) => {
  test('is sent as the vendor’s own client does, field by field, but for what is listed', () => {
    const ours = leavesOf(record.ours[wire]?.body ?? {})
    const theirs = leavesOf(
      wire === 'gemini' ? asGeminiSends(record.theirs[wire]?.body) : (record.theirs[wire]?.body ?? {}),
    )
    const differing = [...new Set([...ours.keys(), ...theirs.keys()])].filter(
      (path) => ours.get(path) !== theirs.get(path),
    )
    const listed = DIFFERENCES[wire] ?? []
    expect(differing.filter((path) => !listed.some(([pattern]) => pattern.test(path)))).toEqual([])
    for (const [pattern, why] of listed)
      expect([why, differing.some((path) => pattern.test(path))]).toEqual([why, true])
    expect(new URL(record.ours[wire]?.url ?? '').pathname.replace('/v1beta/', '/v1/')).toBe(
      new URL(record.theirs[wire]?.url ?? '').pathname,
    )
  })
})

test('the judges are the clients of three vendors, and their types were asked too', () => {
  expect(Object.keys(record.clients)).toEqual(expect.arrayContaining(['openai', '@anthropic-ai/sdk', '@google/genai']))
  expect(record.typed).toEqual(['openai-chat', 'openai-responses', 'anthropic-messages'])
})

/**
 * Google's client keeps every piece of a stream as a turn of its own, and thoughts that nobody signed. We join what one
 * side says in a row, and give back only what must come back.
 */
function asGeminiSends(body: JsonObject = {}): JsonObject {
  const joined: { role: string; parts: JsonObject[] }[] = []
  for (const turn of body.contents as { role: string; parts: JsonObject[] }[]) {
    const parts = turn.parts.filter((part) => !(part.thought === true && part.thoughtSignature === undefined))
    const last = joined.at(-1)
    if (last?.role === turn.role) last.parts.push(...parts)
    else joined.push({ role: turn.role, parts: [...parts] })
  }
  return { ...body, contents: joined }
}

/** A body as its leaves by their paths. */
function leavesOf(value: Json, path = ''): Map<string, string> {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0)
    return new Map([[path, JSON.stringify(value)]])
  return new Map(
    Object.entries(value).flatMap(([key, inner]) => [...leavesOf(inner, path === '' ? key : `${path}.${key}`)]),
  )
}
