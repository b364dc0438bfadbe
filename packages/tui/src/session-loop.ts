import type { World } from '@nacre/client'
import type { Canvas } from './canvas.js'
import type { Line } from './drawn/line.js'
import type { EffectRunner } from './effects.js'
import type { Face } from './face.js'
import { happen } from './happen.js'
import type { Effect, Happening, TuiExit } from './happening.js'
import type { Mailbox } from './mailbox.js'

export type LoopOptions = {
  readonly world: World
  readonly mailbox: Mailbox<Happening>
  readonly canvas: Canvas
  readonly effects: EffectRunner
  readonly face: Face
  /** What to say last. */
  readonly farewell: (face: Face, exit: TuiExit) => readonly Line[]
}

/** What streams is drawn at most so often; what a person does at once. */
const FRAME_MS = 66

/** Lets things happen, draws what they make and does what they ask for, until one of them is the end. */
export async function sessionLoop(options: LoopOptions): Promise<TuiExit> {
  const { mailbox, canvas, effects, farewell } = options
  const pace = createPace(options)
  let { face } = options
  let asked = 0
  const run = (effect: Exclude<Effect, { type: 'end' }>) => {
    if (effect.type !== 'follow') asked += 1
    effects.run(effect)
  }
  // At the end of the input what was asked for is still told; with it the end is judged again.
  const isEarly = ({ type }: Happening, exit: TuiExit) => type !== 'ended' && exit === 'input-closed' && asked > 0
  const take = (happening: Happening): TuiExit | undefined => {
    if (happening.type === 'told') asked -= 1
    const step = happen(face, happening)
    face = step.face
    for (const effect of step.effects) {
      if (effect.type !== 'end') run(effect)
      else if (!isEarly(happening, effect.exit)) return effect.exit
    }
    return undefined
  }
  try {
    face = canvas.draw(face)
    for (const type of ['connect', 'settings', 'recall'] as const) run({ type })
    for (;;) {
      const batch = await mailbox.next()
      for (const happening of batch) {
        const exit = take(happening)
        if (exit === undefined) continue
        // What was said, and what asks, comes before the last words.
        const drawn = canvas.draw(face)
        face = { ...drawn, out: [...drawn.out, ...farewell(face, exit)] }
        return exit
      }
      if (pace.isDue(batch)) face = canvas.draw(face)
    }
  } finally {
    pace.end()
    effects.stop()
    canvas.leave(face)
  }
}

/** Lets many deltas share one drawing: whatever is not drawn now is drawn when the next frame is due. */
function createPace({ world, mailbox }: LoopOptions) {
  let next = 0
  let waiting = false
  const ended = new AbortController()
  const later = async (ms: number) => {
    waiting = true
    await world.sleep(ms, ended.signal)
    waiting = false
    mailbox.post({ type: 'due' })
  }
  return {
    isDue(batch: readonly Happening[]): boolean {
      const now = world.now()
      const streams = batch.every(({ type }) => type === 'item' || type === 'told')
      // A clock that was set back must not hold anything up.
      if (streams && now < next && now >= next - FRAME_MS) {
        if (!waiting) void later(next - now)
        return false
      }
      next = now + FRAME_MS
      return true
    },
    end: () => ended.abort(),
  }
}
