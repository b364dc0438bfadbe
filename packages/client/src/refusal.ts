import { Fault, type FaultCode, type GatewayErrorCode } from '@nacre/types'
import type { Refusal } from './port.js'

/** What the gateway refused. `gateway` is the gateway's own code; the Fault's is the nearest of the wider list. */
export class GatewayRefusal extends Fault {
  readonly gateway: GatewayErrorCode

  constructor(refusal: Refusal) {
    super(CODES[refusal.code] ?? 'internal', refusal.message, {
      retry: refusal.retryable ? 'now' : 'never',
      ...(refusal.mend !== undefined && { mend: refusal.mend }),
    })
    this.gateway = refusal.code
  }
}

const CODES: Readonly<Record<GatewayErrorCode, FaultCode>> = {
  bad_frame: 'invalid_input',
  unsupported_version: 'unsupported',
  unauthenticated: 'unauthenticated',
  session_not_found: 'not_found',
  session_ambiguous: 'invalid_input',
  session_exists: 'conflict',
  session_limit: 'limit_exceeded',
  session_busy: 'busy',
  agent_not_found: 'not_found',
  approval_not_found: 'not_found',
  question_not_found: 'not_found',
  blob_not_found: 'not_found',
  upload_out_of_order: 'conflict',
  upload_busy: 'busy',
  input_too_large: 'limit_exceeded',
  queue_full: 'busy',
  shutting_down: 'unavailable',
  internal: 'internal',
}

/** What a call on a closed client comes to. */
export const closedFault = () => new Fault('closed', 'The client is closed.')
