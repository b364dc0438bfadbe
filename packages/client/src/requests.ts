import { utf8Length } from '@nacre/kit'
import { type ClientFrame, type Commands, type CommandType, Fault, PROTOCOL_LIMITS, type Replies } from '@nacre/types'
import type { Refusal } from './port.js'
import { GatewayRefusal } from './refusal.js'

const PENDING = 256

type Pending = {
  readonly frame: string
  readonly resolve: (result: never) => void
  readonly reject: (error: unknown) => void
}

/** Commands without a reply yet. They outlive a connection: each is sent again, word for word, on the next one. */
export function createRequests(nextRequest: () => string) {
  const pending = new Map<string, Pending>()
  let send: ((frame: string) => void) | undefined

  const take = (request: string): Pending | undefined => {
    const entry = pending.get(request)
    pending.delete(request)
    return entry
  }

  return {
    request<T extends CommandType>(type: T, payload: Commands[T]): Promise<Replies[T]> {
      if (pending.size >= PENDING) return Promise.reject(tooMany())
      const request = nextRequest()
      const frame = JSON.stringify({ type, payload: { ...payload, request_id: request } })
      if (utf8Length(frame) > PROTOCOL_LIMITS.frameBytes) return Promise.reject(tooLarge(type))
      return new Promise<Replies[T]>((resolve, reject) => {
        pending.set(request, { frame, resolve, reject })
        send?.(frame)
      })
    },
    opened(sender: (frame: string) => void): void {
      send = sender
      for (const { frame } of pending.values()) sender(frame)
    },
    lost(): void {
      send = undefined
    },
    replied(request: string, result: unknown): void {
      take(request)?.resolve(result as never)
    },
    refused(request: string, refusal: Refusal): void {
      // A gateway that goes has not looked at it; the next one will.
      if (refusal.code === 'shutting_down') return
      take(request)?.reject(new GatewayRefusal(refusal))
    },
    close(error: unknown): void {
      for (const { reject } of pending.values()) reject(error)
      pending.clear()
    },
  }
}

export const toText = (frame: ClientFrame): string => JSON.stringify(frame)

const tooMany = () =>
  new Fault('busy', `${PENDING} commands wait for their replies already.`, {
    mend: 'Wait until the gateway is reached again.',
    retry: { afterMs: 1000 },
  })

// The gateway would cut the connection, and the command would be sent again on the next one, for ever.
const tooLarge = (type: CommandType) =>
  new Fault('limit_exceeded', `A ${type} has at most ${PROTOCOL_LIMITS.frameBytes} bytes.`, {
    mend: 'Put it into a file of the workspace and name the file.',
  })
