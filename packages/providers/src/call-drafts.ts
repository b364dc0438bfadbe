import type { JsonObject } from '@nacre/types'
import { isObject, parseJson } from './loose.js'
import { type ArgsDraft, addPartialArg, argsTextOf, newArgsDraft } from './partial-args.js'
import type { CallDelta } from './piece.js'

/** A tool call while its pieces come in. */
export type CallDraft = {
  index: number | undefined
  id: string
  name: string
  args: string
  wholeArgs: string
  parts: ArgsDraft | undefined
  extra: JsonObject | undefined
  /** A first half of a surrogate pair that waits for its second. */
  held: string
  announced: boolean
}

/** Puts a piece to the call that it belongs to, a new one where it begins one. Nothing where it belongs to none. */
export function placeDelta(calls: CallDraft[], delta: CallDelta): CallDraft | undefined {
  const found = findCall(calls, delta)
  if (found === undefined && delta.onlyKnown) return undefined
  const call = found ?? newDraft(delta)
  if (found === undefined) calls.push(call)
  call.id ||= delta.id ?? ''
  call.name = joinName(call, delta.name)
  call.args += delta.args ?? ''
  call.wholeArgs ||= delta.wholeArgs ?? ''
  for (const part of delta.partialArgs ?? []) {
    call.parts ??= newArgsDraft()
    addPartialArg(call.parts, part)
  }
  if (delta.extra !== undefined) call.extra = { ...call.extra, ...delta.extra }
  return call
}

/** Calls as they are meant: JSON objects glued into one call are parted, phantoms dropped. */
export function settleCalls(drafts: readonly CallDraft[]): readonly CallDraft[] {
  const calls = drafts.map((draft) => ({ ...draft, args: wholeArgs(draft) }))
  const parted: CallDraft[] = []
  for (const [at, call] of calls.entries()) {
    const [own = '', ...others] = partGlued(call.args)
    call.args = own
    for (const args of others) {
      const blank = calls.find((later, place) => place > at && later.args.trim() === '')
      if (blank !== undefined) blank.args = args
      else parted.push({ ...newDraft({}), name: call.name, args, announced: true })
    }
  }
  return [...calls, ...parted].filter((call) => call.name !== '' || call.args.trim() !== '')
}

function wholeArgs({ args, wholeArgs, parts }: CallDraft): string {
  if (args.trim() !== '') return args
  return parts === undefined ? wholeArgs : argsTextOf(parts)
}

const newDraft = (delta: CallDelta): CallDraft => ({
  index: delta.index,
  id: '',
  name: '',
  args: '',
  wholeArgs: '',
  parts: undefined,
  extra: undefined,
  held: '',
  announced: false,
})

function findCall(calls: readonly CallDraft[], delta: CallDelta): CallDraft | undefined {
  if (delta.index !== undefined) {
    const at = calls.findLast((call) => call.index === delta.index)
    return at !== undefined && beginsAnother(at, delta) ? undefined : at
  }
  // Gemini's compatible endpoint leaves the index out: an id or a name begins a call, anything else goes on with it.
  if (delta.id !== undefined) return calls.findLast((call) => call.id === delta.id)
  return delta.name === undefined ? calls.at(-1) : undefined
}

/** Some servers give every call index 0: a new id with a name, or a new name after whole arguments, is a new call. */
function beginsAnother(call: CallDraft, delta: CallDelta): boolean {
  if (delta.name === undefined || call.name === '') return false
  if (delta.id !== undefined && call.id !== '' && delta.id !== call.id) return true
  return delta.name !== call.name && parseJson(call.args) !== undefined
}

/** Names come whole, in fragments, growing, or again with every piece. */
function joinName(call: CallDraft, name: string | undefined): string {
  if (name === undefined || name === call.name) return call.name
  if (name.startsWith(call.name)) return name
  return call.args.trim() === '' ? call.name + name : call.name
}

/** `{"a":1}{"b":2}` as its objects; anything that is not a row of JSON objects stays as it is. */
function partGlued(text: string): readonly string[] {
  if (text.trim() === '' || parseJson(text) !== undefined) return [text]
  const objects: string[] = []
  let start = 0
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (inString) {
      if (char === '\\') at++
      else if (char === '"') inString = false
    } else if (char === '"') inString = true
    else if (char === '{' || char === '[') depth++
    else if ((char === '}' || char === ']') && --depth === 0) {
      objects.push(text.slice(start, at + 1))
      start = at + 1
    }
  }
  const whole = text.slice(start).trim() === '' && objects.every((object) => isObject(parseJson(object)))
  if (!whole || objects.length < 2) return [text]
  // `{}` before the real arguments is a placeholder that a proxy forgot to take away.
  const real = objects.filter((object) => Object.keys(JSON.parse(object)).length > 0)
  return real.length > 0 ? real : objects.slice(0, 1)
}
