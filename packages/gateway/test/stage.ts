import { type Connection, createGateway, type GatewayOptions } from '@nacre/gateway'
import { createQueue, systemWorld } from '@nacre/kit'
import { memoryLog } from '@nacre/log/testing'
import { type ClientFrame, type CommandType, type LogItem, type Replies, type ServerFrame, userId } from '@nacre/types'

export const TOKEN = 'canary-2f9d0c7b51e64a83'
export const HELLO = { protocol_version: 2, token: TOKEN, client: 'test' }
export const ISOLATION = { tier: 'process', sealed: false, words: ['not sealed'] } as const

export function openGateway(options: Partial<GatewayOptions> = {}) {
  const world = options.world ?? systemWorld()
  const log = (options.log ?? memoryLog({ now: world.now })) as ReturnType<typeof memoryLog>
  const gateway = createGateway({
    log,
    world,
    user: userId('alice'),
    token: TOKEN,
    server: 'nacre test',
    isolation: ISOLATION,
    model: 'offline/rules',
    workspace: '/shared',
    ...options,
  })
  return { gateway, log, world }
}

/** A client's end that a test holds in its hands: it sees every frame, and takes them only when it wants to. */
export function createPeer() {
  const inbox = createQueue<string | Uint8Array>(100_000)
  const outbox = createQueue<ServerFrame>(100_000)
  const untaken: (() => void)[] = []
  const seen: ServerFrame[] = []
  let requests = 0
  let stalled = false
  let sentBytes = 0
  let untakenBytes = 0
  let peakBytes = 0
  let closedWith: number | undefined

  const connection: Connection = {
    send(text) {
      sentBytes += text.length
      untakenBytes += text.length
      peakBytes = Math.max(peakBytes, untakenBytes)
      const frame = JSON.parse(text) as ServerFrame
      seen.push(frame)
      outbox.push(frame)
      const taken = () => {
        untakenBytes -= text.length
      }
      if (!stalled) return taken()
      return new Promise((resolve) => untaken.push(() => resolve(taken())))
    },
    messages: inbox,
    close(code) {
      closedWith ??= code
      inbox.end()
      outbox.end()
    },
  }
  const say = (message: string | Uint8Array) => void inbox.push(message)
  const next = async (): Promise<ServerFrame> => {
    const { done, value } = await outbox.next()
    if (done) throw new Error(`the connection was closed with ${closedWith}`)
    return value
  }
  async function nextWhere<F extends ServerFrame>(judge: (frame: ServerFrame) => frame is F): Promise<F>
  async function nextWhere(judge: (frame: ServerFrame) => boolean): Promise<ServerFrame>
  async function nextWhere(judge: (frame: ServerFrame) => boolean): Promise<ServerFrame> {
    for (;;) {
      const frame = await next()
      if (judge(frame)) return frame
    }
  }
  const ask = async (type: CommandType, payload: object): Promise<Answer> => {
    const request_id = `t${++requests}`
    say(JSON.stringify({ type, payload: { ...payload, request_id } }))
    return nextWhere(
      (frame): frame is Answer => 'request_id' in frame.payload && frame.payload.request_id === request_id,
    )
  }

  return {
    connection,
    say,
    next,
    nextWhere,
    ask,
    /** The result of a command that must succeed. */
    async must<T extends CommandType>(
      type: T,
      payload: Omit<Extract<ClientFrame, { type: T }>['payload'], 'request_id'>,
    ): Promise<Replies[T]> {
      const answer = await ask(type, payload)
      if (answer.type === 'error') throw new Error(`${type}: ${JSON.stringify(answer.payload)}`)
      return answer.payload.result as Replies[T]
    },
    /** The error of a command that must be refused. */
    async refused(type: CommandType, payload: object) {
      const answer = await ask(type, payload)
      if (answer.type === 'reply') throw new Error(`${type} was not refused: ${JSON.stringify(answer.payload)}`)
      return answer.payload
    },
    async item(): Promise<LogItem> {
      return (await nextWhere((frame) => frame.type === 'event')).payload.item
    },
    /** Resolves once what was seen so far passes. */
    async saw(judge: (seen: readonly ServerFrame[]) => boolean): Promise<void> {
      while (!judge(seen)) await next()
    },
    /** From here on what is sent stays with the sender, as with a client that reads no more. */
    stall() {
      stalled = true
    },
    read() {
      stalled = false
      for (const take of untaken.splice(0)) take()
    },
    seen,
    get closedWith() {
      return closedWith
    },
    get sentBytes() {
      return sentBytes
    },
    get peakBytes() {
      return peakBytes
    },
  }
}
type Answer = Extract<ServerFrame, { type: 'reply' | 'error' }>
export type Peer = ReturnType<typeof createPeer>

export async function joined(gateway: { accept(connection: Connection): void }, hello: object = HELLO): Promise<Peer> {
  const peer = createPeer()
  gateway.accept(peer.connection)
  const answer = await peer.ask('hello', hello)
  if (answer.type === 'error') throw new Error(answer.payload.message)
  return peer
}

export const text = (words: string) => [{ type: 'text' as const, text: words }]
