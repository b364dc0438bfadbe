import type { ClientFrame, LogItem, Seq, SessionId, World } from '@nacre/types'
import { backoffMs } from './backoff.js'
import type { ConnectionStatus, Refusal } from './port.js'
import { GatewayRefusal } from './refusal.js'
import { createWatch, type Watch } from './watch.js'

export type Send = (frame: ClientFrame) => void

type Topic = {
  readonly session: SessionId
  readonly watches: Set<Watch>
  /** The subscription: none, asked for by this request, or running. */
  state: { readonly type: 'off' } | { readonly type: 'asked'; readonly request: string } | { readonly type: 'on' }
  failures: number
}

/**
 * What is watched. All watches of a session share one subscription, that begins at the lowest of their cursors; each
 * drops what it has seen. Between asking and the reply nothing is taken: that is still the subscription before.
 */
export function createTopics(world: World, nextRequest: () => string, closed: AbortSignal) {
  const topics = new Map<SessionId, Topic>()
  let send: Send | undefined

  const stop = (topic: Topic) => {
    if (topic.state.type === 'off') return
    topic.state = { type: 'off' }
    send?.({ type: 'unsubscribe', payload: { session: topic.session, request_id: nextRequest() } })
  }
  const subscribe = (topic: Topic) => {
    const ready = [...topic.watches].filter((watch) => !watch.behind)
    if (send === undefined) return
    if (ready.length === 0) return stop(topic)
    const request = nextRequest()
    const after = Math.min(...ready.map((watch) => watch.cursor))
    topic.state = { type: 'asked', request }
    send({ type: 'subscribe', payload: { session: topic.session, after, request_id: request } })
  }
  const refused = (topic: Topic, refusal: Refusal) => {
    topic.state = { type: 'off' }
    if (!refusal.retryable) {
      topics.delete(topic.session)
      for (const watch of topic.watches) watch.fail(new GatewayRefusal(refusal))
      return
    }
    topic.failures += 1
    void world.sleep(backoffMs(topic.failures, world), closed).then(() => {
      if (topics.get(topic.session) === topic && topic.state.type === 'off') subscribe(topic)
    })
  }
  const leave = (topic: Topic, watch: Watch): void => {
    topic.watches.delete(watch)
    if (topics.get(topic.session) !== topic) return
    if ([...topic.watches].every((other) => other.behind)) stop(topic)
    if (topic.watches.size === 0) topics.delete(topic.session)
  }
  const asking = (request: string) =>
    [...topics.values()].find(({ state }) => state.type === 'asked' && state.request === request)

  return {
    watch(session: SessionId, after: Seq, signal: AbortSignal): Watch {
      const topic: Topic = topics.get(session) ?? { session, watches: new Set(), state: { type: 'off' }, failures: 0 }
      topics.set(session, topic)
      const watch: Watch = createWatch(after, signal, {
        onBehind: () => {
          if ([...topic.watches].every((other) => other.behind)) stop(topic)
        },
        onCaughtUp: () => subscribe(topic),
        onLeave: () => leave(topic, watch),
      })
      topic.watches.add(watch)
      subscribe(topic)
      return watch
    },
    opened(sender: Send): void {
      send = sender
      for (const topic of topics.values()) subscribe(topic)
    },
    lost(): void {
      send = undefined
      for (const topic of topics.values()) topic.state = { type: 'off' }
    },
    /** Whether the reply was to one of our requests. */
    replied(request: string): boolean {
      const topic = asking(request)
      if (topic === undefined) return false
      topic.state = { type: 'on' }
      return true
    },
    refusedRequest(request: string, refusal: Refusal): boolean {
      const topic = asking(request)
      if (topic !== undefined) refused(topic, refusal)
      return topic !== undefined
    },
    event(session: SessionId, item: LogItem, chars: number): void {
      const topic = topics.get(session)
      if (topic?.state.type !== 'on') return
      topic.failures = 0
      for (const watch of topic.watches) watch.take(item, chars)
    },
    /** The running subscription has ended: the client was too slow, or the log failed. */
    ended(session: SessionId, refusal?: Refusal): void {
      const topic = topics.get(session)
      if (topic?.state.type !== 'on') return
      if (refusal === undefined) subscribe(topic)
      else refused(topic, refusal)
    },
    status(status: ConnectionStatus): void {
      for (const topic of topics.values()) for (const watch of topic.watches) watch.status(status)
    },
    /** Ends every watch: quietly, or with what went wrong. */
    close(error?: unknown): void {
      for (const topic of [...topics.values()]) {
        for (const watch of [...topic.watches]) error === undefined ? watch.end() : watch.fail(error)
      }
      topics.clear()
    },
  }
}
