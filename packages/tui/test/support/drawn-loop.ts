import type { SessionItem } from '@nacre/client'
import { screenCanvas } from '../../dist/canvas.js'
import { drawFirst } from '../../dist/drawn/first-picture.js'
import type { Colours } from '../../dist/drawn/theme.js'
import { newFace } from '../../dist/face.js'
import type { Effect, Happening } from '../../dist/happening.js'
import { createMailbox } from '../../dist/mailbox.js'
import { sessionLoop } from '../../dist/session-loop.js'
import type { Event } from './events.ts'
import { fakeClient, HELLO } from './fake-client.ts'
import { fakeWorld, settled } from './fake-world.ts'
import { vtScreen } from './vt-screen.ts'

const COLOURS: Colours = { noColor: false, background: 'dark', depth: 'truecolor' }

/** The loop over a canvas, with a clock that moves when it is told to. A session `s` is open; nobody works in it. */
export async function drawnLoop(size: { columns: number; rows: number }) {
  const { world, pass } = fakeWorld()
  const screen = vtScreen(size.columns, size.rows)
  const written: string[] = []
  const asked: Effect['type'][] = []
  const mailbox = createMailbox<Happening>()
  const window = { moves: false }
  const terminal = {
    write: (text: string) => {
      written.push(text)
      screen.write(text)
    },
    size: () => size,
    window: { moving: () => window.moves, resized: () => undefined },
    ask: () => undefined,
    lend: <T>(work: () => Promise<T>) => work(),
    close: async () => undefined,
  }
  const end = sessionLoop({
    world,
    mailbox,
    canvas: screenCanvas(terminal, COLOURS, drawFirst(terminal), world.now),
    effects: { run: ({ type }) => void asked.push(type), stop: () => undefined },
    face: { ...newFace(), size },
    farewell: () => [],
  })
  const daemon = fakeClient()
  const session = daemon.add('s')
  // What colours cost: most terminals say what they stand on.
  mailbox.post({ type: 'background', background: 'dark' })
  mailbox.post({ type: 'connected', hello: HELLO })
  mailbox.post({ type: 'joined', session })
  mailbox.post({ type: 'agents', agents: await daemon.client.agents(), pick: undefined })
  mailbox.post({ type: 'usage', session: 's', usage: await daemon.client.usage(session.session), lines: [] })
  let seq = 0
  const item = (one: SessionItem) => mailbox.post({ type: 'item', session: 's', item: one })
  item({ kind: 'connection', status: { type: 'connected', hello: HELLO } })
  item({ kind: 'live' })
  await settled()
  return {
    screen,
    /** What was written, drawing by drawing. */
    written,
    /** What the face wanted done. */
    asked,
    /** Its size is changing while `moves`. */
    window,
    post: mailbox.post,
    pass,
    record(...events: readonly Event[]): void {
      for (const event of events) item({ kind: 'stored', event: { ...event, seq: ++seq, at: seq, v: 1 } })
    },
    publish: (event: Event) => item({ kind: 'transient', event }),
    async leave() {
      mailbox.post({ type: 'ended', exit: 'aborted' })
      await end
    },
  }
}
