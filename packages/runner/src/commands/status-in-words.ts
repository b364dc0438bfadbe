import type { SessionRecord } from '../records/records.js'

/** What a list says of a session: of one that does nothing also that its last turn failed. */
export const statusInWords = ({ status, failed }: Pick<SessionRecord, 'status' | 'failed'>): string =>
  failed && status === 'idle' ? 'failed' : status
