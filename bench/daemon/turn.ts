import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Client, type SessionId, sessionId } from '@nacre/client'
import { openLog } from '@nacre/log'
import { streamName, userId } from '@nacre/types'
import type { Bench } from '../bench.ts'
import { digits, limited, median, percentile } from '../numbers.ts'
import { makePlace } from './place.ts'

const WARM_UP = 40
const TURNS = 300
const TURNS_OF_A_SESSION = 20
const MESSAGE = 'x'.repeat(300)

export const turn: Bench = {
  name: 'turn',
  title: 'A turn through the daemon',
  note: `From \`send\` until the client has seen \`turn.finished\`, over the daemon’s socket, with the offline model. It takes three appends that wait for the disk, one after the other: queued; claimed and started; finished. The floor is four round trips of 300 bytes to another process over a socket and four appends to a log of our own, measured between the turns. ${TURNS} turns.`,
  async run(say) {
    using place = makePlace()
    await using floor = await openFloor()
    const daemon = await place.start()
    const client = daemon.client()
    try {
      say('turns')
      const [turns, floors]: [number[], number[]] = [[], []]
      for await (const ms of turnsOf(client)) {
        turns.push(ms)
        floors.push(await floor.take())
      }
      const [warm, least] = [turns.slice(WARM_UP), median(floors.slice(WARM_UP))]
      return [
        { what: 'turn, p50', value: `${digits(median(warm))} ms` },
        { what: 'turn, p99', value: `${digits(percentile(warm, 0.99))} ms` },
        { what: 'four round trips and four synced appends, p50', value: `${digits(least)} ms` },
        limited('turn, p50, against that', median(warm) / least, '×', { atMost: 1 }),
      ]
    } finally {
      await client.close()
      await daemon.stop()
    }
  },
}

async function* turnsOf(client: Client): AsyncIterable<number> {
  for (let done = 0; done < WARM_UP + TURNS; ) {
    const { session } = await client.createSession()
    for (let n = 0; n < TURNS_OF_A_SESSION; n++, done++) yield await oneTurn(client, session, `turn-${done}`)
  }
}

/** The session is followed from its beginning each time, so that what it shows is what is on disk. */
async function oneTurn(client: Client, session: SessionId, input: string): Promise<number> {
  const stop = new AbortController()
  const live = Promise.withResolvers<void>()
  const finished = (async () => {
    for await (const item of client.watch(session, { after: 0, signal: stop.signal })) {
      if (item.kind === 'live') live.resolve()
      const event = item.kind === 'stored' ? item.event : undefined
      if (event?.type === 'turn.finished' && Reflect.get(event, 'turn') === input) return performance.now()
    }
    throw new Error('the session ended before its turn')
  })()
  await live.promise
  const started = performance.now()
  await client.send(session, 'help', { input })
  const ms = (await finished) - started
  stop.abort()
  return ms
}

/** What the machine takes for the round trips and the syncs of a turn alone. */
async function openFloor() {
  const directory = mkdtempSync(join(tmpdir(), 'nacre-bench-'))
  const log = await openLog({ path: join(directory, 'log.db'), now: Date.now })
  const stream = streamName(userId('floor'), sessionId('floor'))
  const path = join(directory, 'echo.sock')
  const echo = fork(fileURLToPath(new URL('./echo.ts', import.meta.url)), [path])
  await once(echo, 'message')
  const socket = createConnection(path)
  await once(socket, 'connect')
  return {
    async take(): Promise<number> {
      const started = performance.now()
      for (let n = 0; n < 4; n++) {
        await roundTrip(socket)
        await log.append(stream, [{ type: 'notice.posted' }])
      }
      return performance.now() - started
    },
    async [Symbol.asyncDispose]() {
      socket.destroy()
      echo.disconnect()
      await log.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

async function roundTrip(socket: Socket): Promise<void> {
  socket.write(MESSAGE)
  for (let got = 0; got < MESSAGE.length; ) got += (await once(socket, 'data'))[0].length
}
