import type { Client, SessionSummary } from '@nacre/client'
import { follow } from './follow.js'
import type { Effect, Happening } from './happening.js'
import { perform } from './perform.js'

/** Does what a face asks for; what comes of it is posted. One session is followed at a time. `stop` ends that, too. */
export function effectRunner(client: Client, post: (happening: Happening) => void) {
  let following = new AbortController()
  const pump = async (session: SessionSummary, signal: AbortSignal) => {
    for await (const happening of follow(client, session, signal)) if (!signal.aborted) post(happening)
  }
  const request = async (effect: Parameters<typeof perform>[1]) => {
    const happening = await perform(client, effect)
    if (happening) post(happening)
  }
  return {
    run(effect: Exclude<Effect, { type: 'end' }>): void {
      if (effect.type !== 'follow') return void request(effect)
      following.abort()
      following = new AbortController()
      void pump(effect.session, following.signal)
    },
    stop: () => following.abort(),
  }
}
