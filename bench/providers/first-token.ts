import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { systemWorld } from '@nacre/kit'
import { openaiChat, undiciFetch } from '@nacre/providers'
import { Agent, request } from 'undici'
import type { Bench } from '../bench.ts'
import { told } from '../child.ts'
import { digits, limited, median } from '../numbers.ts'
import { REQUEST } from './request.ts'

const WARM_UP = 300
const CALLS = 1000

/** Milliseconds from asking to the first token; the answer is read to its end. */
type Ask = () => Promise<number>

export const firstToken: Bench = {
  name: 'first-token',
  title: 'Until the first token',
  note: `From the question to the first token of a vendor in another process, which answers at once and is asked over a connection that stands. Bare is undici until the first bytes are there, Nacre is \`openaiChat\` over \`undiciFetch\` until its first event. ${CALLS} calls each, taking turns.`,
  async run() {
    const vendor = fork(fileURLToPath(new URL('./quick-vendor.ts', import.meta.url)))
    await using fetch = undiciFetch()
    const agent = new Agent()
    try {
      const base = await told<string>(vendor)
      const provider = openaiChat({ name: 'bench', baseUrl: base, fetch, world: systemWorld() })
      const bare = () => firstOf(undiciChunks(`${base}/v1/chat/completions`, agent))
      const nacre = () => firstOf(provider.generate(REQUEST, { signal: new AbortController().signal }))
      const [least, ours] = await inTurns(bare, nacre)
      return [
        { what: 'bare undici, p50', value: `${digits(least)} ms` },
        { what: 'Nacre, p50', value: `${digits(ours)} ms` },
        limited('added by Nacre, p50', ours - least, ' ms', { atMost: 0.3 }),
      ]
    } finally {
      await agent.destroy()
      vendor.disconnect()
    }
  },
}

async function inTurns(one: Ask, other: Ask): Promise<readonly [number, number]> {
  const [ones, others]: [number[], number[]] = [[], []]
  for (let n = 0; n < WARM_UP + CALLS; n++) {
    ones.push(await one())
    others.push(await other())
  }
  return [median(ones.slice(WARM_UP)), median(others.slice(WARM_UP))]
}

async function firstOf(stream: AsyncIterable<unknown>): Promise<number> {
  const started = performance.now()
  let ms: number | undefined
  for await (const _ of stream) ms ??= performance.now() - started
  if (ms === undefined) throw new Error('there was no first token')
  return ms
}

async function* undiciChunks(url: string, dispatcher: Agent): AsyncIterable<unknown> {
  const { model, messages } = REQUEST
  const body = JSON.stringify({ model, stream: true, messages })
  const headers = { 'content-type': 'application/json' }
  yield* (await request(url, { method: 'POST', headers, body, dispatcher })).body
}
