import { type NewSessionEvent, sessionOf } from '@nacre/session'
import type { StreamName } from '@nacre/types'
import type { Effector } from './ports.js'

/**
 * One drive's hold on a session: its epoch, and whether the claim that says so stands in the log. Where nothing was left open
 * nothing is done before the first append, so the claim goes with that one, and the disk is waited for once less.
 */
export type Hold = {
  readonly stream: StreamName
  readonly epoch: number
  /** The claim, as long as it does not stand. */
  owed(): readonly NewSessionEvent[]
  /** It stands now: whoever acts for the session is told to refuse lower epochs, before anything acts. */
  stands(): Promise<void>
}

export function createHold(stream: StreamName, epoch: number, engine: string, effectors: readonly Effector[]): Hold {
  let owed: readonly NewSessionEvent[] = [{ type: 'session.claimed', epoch, engine }]
  return {
    stream,
    epoch,
    owed: () => owed,
    async stands() {
      owed = []
      await Promise.all(effectors.map((effector) => effector.fence({ session: sessionOf(stream), epoch })))
    },
  }
}
