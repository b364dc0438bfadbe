import { applyItem, EMPTY_TRANSCRIPT, type LogItem, type Transcript } from '@nacre/client'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NEW_PAPER, type Paper, print, unprinted } from '../dist/said/view.js'
import * as ev from './support/events.ts'

/** Words of an answer that is taken back later carry this mark, so that what is left can be told. */
const LOST = '¬'

type Said = { readonly stored: ev.Event } | { readonly transient: ev.Event }

function items(all: readonly Said[]): LogItem[] {
  let seq = 0
  return all.map((one): LogItem => {
    if ('transient' in one) return { kind: 'transient', event: one.transient }
    seq += 2
    return { kind: 'stored', event: { ...one.stored, seq, at: seq, v: 1 } }
  })
}

const words = fc.array(
  fc.constantFrom('one', 'two ', '\n', '\n\n', ' ', 'a longer piece', '\u001b[1m', '\r\n', '漢字'),
  { maxLength: 12 },
)
const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 })
const call = fc.record({
  name: fc.constantFrom('file_read', 'shell_exec'),
  args: fc.oneof(
    fc.dictionary(fc.string({ maxLength: 5 }), fc.string(), { maxKeys: 3 }),
    fc.string(),
    fc.constant({ text: 'x\n'.repeat(30) }),
  ),
  path: fc.constantFrom('run', 'approve', 'deny'),
  output: words,
  outcome: fc.constantFrom('ok', 'error', 'unknown'),
})
const step = fc.record({
  words,
  cuts,
  end: fc.constantFrom('completed', 'interrupted', 'failed'),
  calls: fc.array(call, { maxLength: 2 }),
  noticed: fc.boolean(),
})
const turn = fc.record({
  // A turn begins with its first step, in one append.
  steps: fc.array(step, { minLength: 1, maxLength: 3 }),
  outcome: fc.constantFrom('completed', 'cancelled', 'failed'),
  open: fc.boolean(),
  queued: fc.boolean(),
})
type Turn = typeof turn extends fc.Arbitrary<infer T> ? T : never
type Step = Turn['steps'][number]

function streamed(step: string, text: string, cuts: readonly number[]): Said[] {
  const said: Said[] = []
  for (let at = 0; at < text.length; at += cuts[said.length % cuts.length] ?? 1)
    said.push({ transient: ev.delta(step, at, text.slice(at, at + (cuts[said.length % cuts.length] ?? 1))) })
  return said
}

function stepSaid(
  turn: string,
  n: number,
  inputs: readonly string[],
  { words, cuts, end, calls, noticed }: Step,
): Said[] {
  const id = `${turn}.${n}`
  const text = end === 'completed' ? words.join('') : words.join('').replaceAll(/[^\r\n]+/gu, (line) => line + LOST)
  const finished = end === 'completed' ? ev.stepFinished(id, text, calls) : ev.interrupted(id, end, text)
  const said: Said[] = [{ stored: ev.stepStarted(turn, n, inputs) }, ...streamed(id, text, cuts)]
  if (noticed) said.push({ stored: ev.notice(`noticed ${id}`) })
  said.push({ stored: finished })
  if (end !== 'completed') return said
  for (const [index, { name, path, output, outcome }] of calls.entries()) {
    const one = `${id}.${index}`
    if (path !== 'run') said.push({ stored: ev.approvalRequested(one, name) })
    if (path !== 'run') said.push({ stored: ev.approvalResolved(one, path === 'deny' ? 'denied' : 'approved') })
    if (path !== 'deny')
      said.push({ stored: ev.toolStarted(one, name) }, { transient: ev.progress(one, output.join('')) })
    said.push({ stored: ev.toolFinished(one, output.join(''), path === 'deny' ? 'denied' : outcome) })
  }
  return said
}

function conversation(turns: readonly Turn[]): LogItem[] {
  const all = turns.flatMap(({ steps, outcome, open, queued }, index): Said[] => {
    const id = `t${index}`
    const last = index === turns.length - 1
    return [
      { stored: ev.queued(id, `question ${index}\nof two lines`) },
      ...(queued
        ? [{ stored: ev.queued(`x${index}`, 'never mind') }, { stored: ev.cancelRequested(`c${index}`, `x${index}`) }]
        : []),
      { stored: ev.turnStarted(id) },
      ...steps.flatMap((one, n) => stepSaid(id, n + 1, n === 0 ? [id] : [], one)),
      ...(last && open ? [] : [{ stored: ev.turnFinished(id, outcome) }]),
    ]
  })
  return items(all)
}

/** Every printing of a conversation that is looked at after the items that `looks` says. */
function printings(all: readonly LogItem[], looks: (index: number) => boolean) {
  let transcript: Transcript = EMPTY_TRANSCRIPT
  let paper: Paper = NEW_PAPER
  const lines: string[] = []
  const seen: { printed: string[]; live: string[]; transcript: Transcript }[] = []
  for (const [index, item] of all.entries()) {
    transcript = applyItem(transcript, item)
    if (!looks(index)) continue
    const next = print(paper, transcript)
    paper = next.paper
    lines.push(...next.lines.map(({ text }) => text))
    seen.push({ printed: [...lines], live: unprinted(paper, transcript).map(({ text }) => text), transcript })
  }
  return seen
}

/** What stands, without what was withdrawn, notes that belong to no turn, and blank lines. */
const standing = (lines: readonly string[]) =>
  lines.filter(
    (text) => text.trim() !== '' && !text.includes(LOST) && !/^(?:⤺|! noticed|› never|✗ withdrawn)/u.test(text),
  )

describe('a view', () => {
  it('shows at every moment what a face that joins now would show, whatever was printed before', () => {
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 3 }), fc.integer({ min: 1, max: 5 }), (turns, every) => {
        const all = conversation(turns)
        for (const { printed, live, transcript } of printings(
          all,
          (index) => index % every === 0 || index === all.length - 1,
        )) {
          const joined = print(NEW_PAPER, transcript)
          const whole = [...joined.lines, ...unprinted(joined.paper, transcript)].map(({ text }) => text)
          expect(standing([...printed, ...live])).toEqual(standing(whole))
        }
      }),
      { numRuns: 500 },
    )
  })

  it('says of everything that it takes back that it does, and prints every notice once', () => {
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 3 }), (turns) => {
        const all = conversation(turns.map((one) => ({ ...one, open: false })))
        const printed = printings(all, () => true).at(-1)?.printed ?? []
        let unsaid = false
        for (const text of printed) {
          if (text.includes(LOST)) unsaid = true
          else if (text.startsWith('⤺')) unsaid = false
          else if (text.trim() !== '') expect(unsaid, `${text} after lost lines`).toBe(false)
        }
        const noticed = turns.flatMap(({ steps }) => steps).filter((one) => one.noticed).length
        expect(printed.filter((text) => text.startsWith('! noticed'))).toHaveLength(noticed)
      }),
    )
  })

  it('prints a line of an answer when it is complete, and keeps the unfinished one live', () => {
    const all = items([
      { stored: ev.queued('t', 'go') },
      { stored: ev.turnStarted('t') },
      { stored: ev.stepStarted('t', 1, ['t']) },
      { transient: ev.delta('t.1', 0, '\n\nfirst\n\nsecond\n\nthi') },
    ])
    const now = printings(all, () => true).at(-1)
    expect(now?.printed).toEqual(['', '› go', '', 'first', '', 'second'])
    expect(now?.live).toEqual(['', 'thi'])
  })

  it('does not take back an answer whose paragraphs are parted by spaces', () => {
    const text = 'one\n\n \n\ntwo'
    const all = items([
      { stored: ev.queued('t', 'go') },
      { stored: ev.turnStarted('t') },
      { stored: ev.stepStarted('t', 1, ['t']) },
      { transient: ev.delta('t.1', 0, `${text}\n`) },
      { stored: ev.stepFinished('t.1', `${text}\n`) },
    ])
    expect(printings(all, () => true).at(-1)?.printed).toEqual(['', '› go', '', 'one', '', 'two'])
  })

  it('prints a long call whole before it asks, and keeps a short one beside the question', () => {
    const asking = (args: unknown) =>
      printings(
        items([
          { stored: ev.queued('t', 'go') },
          { stored: ev.turnStarted('t') },
          { stored: ev.stepStarted('t', 1, ['t']) },
          { stored: ev.stepFinished('t.1', '', [{ name: 'file_write', args }]) },
          { stored: ev.approvalRequested('t.1.0', 'file_write') },
        ]),
        () => true,
      ).at(-1)
    expect(asking({ path: 'a' })?.live).toEqual(['● file_write {"path":"a"}'])
    const long = asking({ path: 'a', text: Array.from({ length: 60 }, (_, n) => `row ${n}`).join('\n') })
    expect(long?.printed.filter((text) => /│ row \d/u.test(text))).toHaveLength(60)
    expect(long?.live).toEqual([])
  })

  it('shows an event that it does not know as such', () => {
    const now = printings(items([{ stored: { type: 'memory.dreamt' } }]), () => true).at(-1)
    expect(now?.printed).toEqual(['! memory.dreamt: an event that this version does not know'])
  })
})
