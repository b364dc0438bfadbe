import type { Duplex } from 'node:stream'
import { createQueue } from '@nacre/kit'
import type { World } from '@nacre/types'
import type { WebSocket } from 'ws'
import type { Connection } from './connection.js'

/** More frames than one read of a socket can hold; reading pauses long before. */
const QUEUE_FRAMES = 16_384

/**
 * A WebSocket as a connection, over `stream`: read only as fast as it is consumed, and dropped when it stops answering pings.
 * What is sent in one turn of the event loop is written at once.
 */
export function socketConnection(
  socket: WebSocket,
  stream: Duplex,
  { world, pingMs }: { world: World; pingMs: number },
): Connection {
  const gather = gathering(stream)
  const inbox = createQueue<string | Uint8Array>(QUEUE_FRAMES)
  const closed = new AbortController()
  let closing = false
  socket.on('message', (data: Buffer, isBinary) => {
    if (closing) return
    if (inbox.push(isBinary ? data : data.toString())) socket.pause()
    else socket.terminate()
  })
  // A protocol error (an oversized frame, bad UTF-8) is followed by the close that ws answers it with.
  socket.on('error', () => undefined)
  socket.on('close', () => {
    closed.abort()
    inbox.end()
  })
  void keepAlive(socket, world, pingMs, closed.signal)

  return {
    send(frame) {
      gather()
      return new Promise((resolve) => socket.send(frame, () => resolve()))
    },
    messages: { [Symbol.asyncIterator]: () => ({ next: () => nextMessage(socket, inbox) }) },
    close(code) {
      closing = true
      inbox.end()
      // Paused, it would not see the answer to its close.
      socket.resume()
      socket.close(code)
    },
  }
}

/** Holds back what is written until all that wanted to run has run. */
function gathering(stream: Duplex): () => void {
  let gathers = false
  return () => {
    if (gathers) return
    gathers = true
    stream.cork()
    process.nextTick(() => {
      gathers = false
      stream.uncork()
    })
  }
}

async function nextMessage(socket: WebSocket, inbox: ReturnType<typeof createQueue<string | Uint8Array>>) {
  if (inbox.size === 0 && socket.isPaused) socket.resume()
  return inbox.next()
}

async function keepAlive(socket: WebSocket, world: World, pingMs: number, closed: AbortSignal): Promise<void> {
  let answered = true
  socket.on('pong', () => {
    answered = true
  })
  for (;;) {
    await world.sleep(pingMs, closed)
    if (closed.aborted) return
    if (!answered) return socket.terminate()
    answered = false
    socket.ping()
  }
}
