import type { Seq } from '@nacre/types'
import type { LiftedEvent } from './lift.js'

export type TurnPage = { readonly events: readonly LiftedEvent[]; readonly before?: Seq }

/**
 * Reads the last `turns` turns before a point: give it the events before that point, newest first, in batches, until
 * it says that it has enough. The page begins at a `turn.started`; inputs queued before it that its steps name stand
 * in front, so that any page can be folded by itself.
 */
export function pageBuilder(turns: number) {
  const events: LiftedEvent[] = []
  let found = 0
  let start: Seq | undefined
  const wanted = new Set<string>()

  const add = (event: LiftedEvent): void => {
    if (start === undefined) events.push(event)
    else if (event.type === 'turn.queued' && 'input' in event && wanted.delete(event.input)) events.push(event)
    if (event.type === 'step.started' && start === undefined && 'inputs' in event)
      for (const input of event.inputs) wanted.add(input)
    if (event.type === 'turn.queued' && 'input' in event) wanted.delete(event.input)
    // An input that asks for a compaction is named by its turn alone.
    if (event.type === 'turn.started' && start === undefined && 'turn' in event) wanted.add(event.turn)
    if (event.type === 'turn.started' && ++found === turns) start = event.seq
  }

  return {
    /** True when the page is whole. */
    add(batch: readonly LiftedEvent[]): boolean {
      for (const event of batch) add(event)
      return start !== undefined && wanted.size === 0
    },
    page: (): TurnPage => ({ events: events.toReversed(), ...(start !== undefined && { before: start }) }),
  }
}
