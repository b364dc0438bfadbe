import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, systemWorld } from '@nacre/client'
import { postAnswers, takeIn } from './channel.ts'
import { startDaemon } from './daemon.ts'

// A channel that knows the client only. It is cut off with a question under way, and started anew from its cursor: every
// answer is posted, in order, once.

await using daemon = startDaemon()
const home = mkdtempSync(join(tmpdir(), 'channel-'))
const cursorFile = join(home, 'cursor')

const posted: string[] = []
let onPost = () => {}
let dials = 0
const dial = () => {
  dials += 1
  return daemon.dial()
}
const platform = {
  async post(text: string) {
    console.log(text.replace(/^/gm, '  '))
    posted.push(text)
    onPost()
  },
}
const postedCount = (count: number) =>
  new Promise<void>((resolve) => {
    onPost = () => posted.length >= count && resolve()
    onPost()
  })

/** One life of the channel's process, from its start to its end. */
async function live(work: (client: ReturnType<typeof createClient>) => Promise<void>): Promise<void> {
  const client = createClient({ dial, token: daemon.token, name: 'lines', world: systemWorld() })
  const stop = new AbortController()
  await client.connected()
  const out = postAnswers(client, session, { platform, cursorFile, signal: stop.signal })
  await Promise.race([work(client), out])
  stop.abort()
  await out
  await client.close()
}

const first = createClient({ dial, token: daemon.token, name: 'setup', world: systemWorld() })
const { session } = await first.createSession({ title: 'lines' })
await first.close()

await live(async (client) => {
  await takeIn(client, session, { id: 'update-1', text: 'My boat is Nerea.' })
  await postedCount(1)

  // The network goes while an answer is on its way. The client dials again and goes on at its cursor.
  const asked = takeIn(client, session, { id: 'update-2', text: 'what did I say about my boat?' })
  daemon.cut()
  await asked
  await postedCount(2)
  assert.equal(dials, 3, 'one for the setup, two for this life')

  // The platform delivers the same line again: its id is known, so nothing happens.
  await takeIn(client, session, { id: 'update-2', text: 'what did I say about my boat?' })
})

await live(async (client) => {
  await takeIn(client, session, { id: 'update-3', text: 'what did I say?' })
  await postedCount(3)
})

assert.deepEqual(posted.slice(1), [
  'You said about my boat:\n\n> My boat is Nerea.',
  'You said:\n\n> My boat is Nerea.\n>\n> what did I say about my boat?',
])
rmSync(home, { recursive: true })
