import { connect } from 'node:net'
import { createQueue } from '@nacre/kit'
import { Fault, PROTOCOL_LIMITS } from '@nacre/types'
import type { WebSocket } from 'ws'
import type { Connection, Dial } from './port.js'

/** More frames than one read of a socket can hold; reading pauses long before. */
const QUEUE_FRAMES = 16_384
/** Reading goes on while so few wait: stopping it and beginning anew for each frame costs more than most of them. */
const WAITING_FRAMES = 16
/** The longest frame of a gateway is a page with one very long turn. */
const FRAME_BYTES = 32 * 1024 * 1024
/** A gateway that has been silent for longer is gone, whatever the socket says. */
const SILENCE_MS = 2.5 * PROTOCOL_LIMITS.pingMs
/** A gateway that does not answer a goodbye must not keep the process. */
const CLOSE_TIMEOUT_MS = 500

/** Dials a gateway of this machine: its unix socket, or its `ws://` address. */
export function dialSocket(endpoint: { readonly path: string } | { readonly url: string }): Dial {
  return async () => {
    const { WebSocket } = await import('ws')
    const options = {
      perMessageDeflate: false,
      maxPayload: FRAME_BYTES,
      handshakeTimeout: PROTOCOL_LIMITS.handshakeMs,
      closeTimeout: CLOSE_TIMEOUT_MS,
    }
    // By createConnection, since a ws+unix: URL cannot hold every path.
    const socket =
      'path' in endpoint
        ? new WebSocket('ws://localhost/ws', { ...options, createConnection: () => connect(endpoint.path) })
        : new WebSocket(endpoint.url, options)
    const connection = toConnection(socket)
    await opened(socket, 'path' in endpoint ? endpoint.path : endpoint.url)
    return connection
  }
}

function opened(socket: WebSocket, where: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve())
    socket.once('unexpected-response', (request, response) => {
      request.destroy()
      const { statusCode = 0 } = response
      const words = `The gateway at ${where} turned the connection away with HTTP ${statusCode}.`
      reject(
        new Fault(statusCode >= 500 ? 'unavailable' : 'denied', words, {
          mend: 'Dial the address that the gateway itself names.',
        }),
      )
    })
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const words = `No gateway answers at ${where} (${error.code ?? error.message}).`
      reject(
        new Fault('unavailable', words, {
          cause: error,
          retry: 'now',
          mend: 'Start the daemon, or look with its status command.',
        }),
      )
    })
  })
}

function toConnection(socket: WebSocket): Connection {
  const inbox = createQueue<string>(QUEUE_FRAMES)
  const alive = watchSilence(socket)
  let closing = false
  socket.on('message', (data: Buffer) => {
    alive()
    if (closing) return
    if (!inbox.push(data.toString())) socket.terminate()
    else if (inbox.size >= WAITING_FRAMES) socket.pause()
  })
  socket.on('error', () => undefined)
  socket.on('close', () => inbox.end())
  const next = () => {
    if (inbox.size === 0 && socket.isPaused) socket.resume()
    return inbox.next()
  }
  return {
    send: (frame) => socket.send(frame, () => undefined),
    messages: { [Symbol.asyncIterator]: () => ({ next }) },
    close() {
      closing = true
      inbox.end()
      socket.resume()
      socket.close()
    },
  }
}

function watchSilence(socket: WebSocket): () => void {
  const timer = setTimeout(() => socket.terminate(), SILENCE_MS).unref()
  const alive = () => void timer.refresh()
  socket.on('ping', alive)
  socket.on('close', () => clearTimeout(timer))
  return alive
}
