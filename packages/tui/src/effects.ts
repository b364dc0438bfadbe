import type { Client, SessionSummary, World } from '@nacre/client'
import type { Terminal } from './drawn/terminal.js'
import { errand, isErrand } from './errands.js'
import { follow } from './follow.js'
import type { Effect, Happening } from './happening.js'
import { perform } from './perform.js'
import type { Place } from './place.js'

export type EffectRunner = {
  run(effect: Exclude<Effect, { type: 'end' }>): void
  /** Ends what is being followed. */
  stop(): void
}
export type EffectPorts = {
  /** Called once, by the first effect that needs it. */
  readonly connect: () => Promise<Client>
  readonly world: World
  readonly place: () => Promise<Place>
  readonly lend: Terminal['lend']
  readonly post: (happening: Happening) => void
}

/** Does what a face asks for; what comes of it is posted, and `told` behind it. One session is followed at a time. */
export function effectRunner({ connect, world, place, lend, post }: EffectPorts): EffectRunner {
  let following = new AbortController()
  let client: Promise<Client> | undefined
  let known: Client | undefined
  // Once it is there, what is asked for is on its way before anything else happens.
  const connecting = async () => {
    known = await connect()
    return known
  }
  const connected = () => {
    client ??= connecting()
    return known ?? client
  }
  let found: Promise<Place> | undefined
  const here = () => {
    found ??= place()
    return found
  }
  const pump = async (session: SessionSummary, signal: AbortSignal) => {
    for await (const happening of follow(await connected(), session, signal)) if (!signal.aborted) post(happening)
  }
  const tell = async (done: Promise<Happening | undefined>) => {
    const happening = await done
    if (happening) post(happening)
    post({ type: 'told' })
  }
  return {
    run(effect) {
      if (effect.type === 'follow') {
        following.abort()
        following = new AbortController()
        void pump(effect.session, following.signal)
      } else if (isErrand(effect)) void tell(errand(effect, here, lend))
      else void tell(perform(effect, { client: connected, world, place: here }))
    },
    stop: () => following.abort(),
  }
}
