import type { StreamName } from '@nacre/types'

/**
 * Says whether another engine is alive and holds a session. It decides liveness only: what an engine that wrongly
 * believes to hold one may do is decided by the log (`expectedSeq`) and by epochs.
 */
export interface Leases {
  /** A hold on the session, or undefined while somebody else has one. */
  take(stream: StreamName): Promise<Lease | undefined>
}
export type Lease = { release(): Promise<void> }

/** For the one engine of a log that is locked to its process: the lock is the lease. */
export const lockedLog: Leases = { take: async () => ({ release: async () => undefined }) }
