import { fold, type NewSessionEvent, pageBuilder } from '@nacre/session'
import { stored } from '@nacre/session/testing'
import { inputId, stepId, turnId } from '@nacre/types'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const compacts = (n: number) => n % 4 === 2

/** A conversation of finished turns, with inputs queued up to `ahead` turns before they start. */
function conversation(turns: number, ahead: number): NewSessionEvent[] {
  const events: NewSessionEvent[] = []
  const queue = (n: number) => {
    if (n >= turns) return
    const input = inputId(`t${n}`)
    events.push({
      type: 'turn.queued',
      input,
      parts: [{ type: 'text', text: `question ${n}` }],
      mode: compacts(n) ? 'compact' : 'queue',
      by: 'test',
    })
  }
  for (let n = 0; n < ahead; n++) queue(n)
  for (let n = 0; n < turns; n++) {
    queue(n + ahead)
    const [turn, step, input] = [turnId(`t${n}`), stepId(`t${n}.1`), inputId(`t${n}`)]
    events.push({ type: 'turn.started', turn })
    const inputs = compacts(n) ? [] : [input]
    events.push({ type: 'step.started', turn, step, inputs, provider: 'p', model: 'm' })
    events.push({ type: 'step.finished', step, outcome: 'completed', parts: [{ type: 'text', text: `answer ${n}` }] })
    events.push({ type: 'turn.finished', turn, outcome: 'completed' })
  }
  return events
}

test('pages folded by themselves give the same turns as the whole', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 12 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 7 }),
      (turns, ahead, size, batch) => {
        const all = stored(conversation(turns, ahead))
        const whole = fold(all).turns
        const paged: (typeof whole)[number][] = []
        for (let before: number | undefined = Number.MAX_SAFE_INTEGER; before !== undefined; ) {
          const builder = pageBuilder(size)
          const rest = all.filter((event) => event.seq < (before ?? 0)).toReversed()
          for (let at = 0; at < rest.length && !builder.add(rest.slice(at, at + batch)); at += batch);
          const page = builder.page()
          paged.unshift(...fold(page.events).turns)
          before = page.before
        }
        expect(paged).toEqual(whole)
      },
    ),
  )
})
