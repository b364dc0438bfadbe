import { applyItem, EMPTY_TRANSCRIPT, type LogItem } from '@nacre/client'
import { describe, expect, it } from 'vitest'
import { NEW_PAPER, print, unprinted } from '../dist/said/view.js'
import * as ev from './support/events.ts'

const thinks = (offset: number, text: string): ev.Event => ({ type: 'reasoning.delta', step: 't.1', offset, text })
const stored = (seq: number, event: ev.Event): LogItem => ({ kind: 'stored', event: { ...event, seq, at: seq, v: 1 } })
const asked = [ev.queued('t', 'go'), ev.turnStarted('t'), ev.stepStarted('t', 1, ['t'])].map((event, n) =>
  stored(n + 1, event),
)
const ended = (text: string, reasoning: string) =>
  stored(9, {
    type: 'step.finished',
    step: 't.1',
    outcome: 'completed',
    parts: [
      { type: 'reasoning', text: reasoning },
      { type: 'text', text },
    ],
  })

/** What is printed and what is live after each of these events, without the question. */
function shown(events: readonly (ev.Event | LogItem)[], unfolded = false) {
  let transcript = asked.reduce(applyItem, EMPTY_TRANSCRIPT)
  let { paper } = print(NEW_PAPER, transcript)
  return events.map((event) => {
    transcript = applyItem(transcript, 'kind' in event ? (event as LogItem) : { kind: 'transient', event })
    const next = print(paper, transcript, { unfolded })
    paper = next.paper
    return {
      printed: next.lines.map(({ text }) => text),
      live: unprinted(paper, transcript, { unfolded }).map(({ text }) => text),
    }
  })
}

describe('reasoning', () => {
  it('shows its last line while it goes on, and folds into one when something is said', () => {
    const steps = shown([thinks(0, 'First **this**.\nThen'), thinks(20, ' that.'), ev.delta('t.1', 0, 'Done')])
    expect(steps.map(({ live }) => live)).toEqual([
      ['', '∴ Then'],
      ['', '∴ Then that.'],
      ['', 'Done'],
    ])
    expect(steps.map(({ printed }) => printed)).toEqual([[], [], ['', '∴ thought for 4 words: First this. Then that.']])
  })

  it('folds the same way for who joins later', () => {
    const [now] = shown([ended('Done', `One two. ${'three '.repeat(30)}`)])
    expect(now?.printed).toEqual(['', `∴ thought for 32 words: One two. ${'three '.repeat(8)}thr…`, '', 'Done'])
  })

  it('unfolded is printed whole, line by line, behind a gutter', () => {
    const steps = shown([thinks(0, 'One\ntwo'), thinks(7, ' three'), ended('Done', 'One\ntwo three')], true)
    expect(steps.map(({ printed }) => printed)).toEqual([['', '┊ One'], [], ['┊ two three', '', 'Done']])
    expect(steps.map(({ live }) => live)).toEqual([['┊ two'], ['┊ two three'], []])
  })

  it('that is folded in its midst says how much more there was', () => {
    const unfolded = [thinks(0, 'One\ntwo three')]
    let transcript = [...asked, ...unfolded.map((event): LogItem => ({ kind: 'transient', event }))].reduce(
      applyItem,
      EMPTY_TRANSCRIPT,
    )
    const { paper } = print(NEW_PAPER, transcript, { unfolded: true })
    transcript = applyItem(transcript, ended('Done', 'One\ntwo three'))
    expect(print(paper, transcript).lines.map(({ text }) => text)).toEqual([
      '',
      '∴ thought for 2 words: two three',
      '',
      'Done',
    ])
  })

  it('that there is none of is not shown', () => {
    expect(shown([ended('Done', ' ')])[0]?.printed).toEqual(['', 'Done'])
  })
})
