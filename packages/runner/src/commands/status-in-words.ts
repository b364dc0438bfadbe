import type { SessionSummary } from '@nacre/types'

/** What a list says of a session: of one that does nothing also that its last turn failed. */
export const statusInWords = ({ status, failed }: Pick<SessionSummary, 'status' | 'failed'>): string =>
  failed && status === 'idle' ? 'failed' : status
