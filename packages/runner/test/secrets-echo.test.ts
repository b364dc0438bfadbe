import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { applyItem, type Client, EMPTY_TRANSCRIPT, type SessionId } from '@nacre/client'
import { expect, test } from 'vitest'
import { makePlace, type Place } from './place.js'
import { echoesOf, jsonEscaped, leaksIn } from './secrets-spelled.js'

// Its base64 is not its base64url, at any offset.
const KEY = 'sk-canary/~~~7f3a9c+never???seen'
const TENANT = 'tenant-canary-51d2b8'
const MARKER = '[redacted:local.api_key]'

/** What looks like a key and is none. */
const NO_SECRETS = [
  'f81d4fae-7dec-11d0-a765-00a0c91e6bf6',
  '3a6c9b1f0e2d4c5b6a79887766554433221100ff',
  '/home/alice/.ssh/id_ed25519.pub',
  Buffer.from('what somebody else has encoded, in 64 letters').toString('base64'),
  'sk-canary/~~~7f3a9c+never???see',
]

const contentOf = (json: string) => `{"choices":[{"index":0,"delta":{"content":${json}}}]}`
const call = (command: string) => {
  const args = JSON.stringify({ command })
  const tool = { index: 0, id: 'call_0', type: 'function', function: { name: 'shell_exec', arguments: args } }
  return JSON.stringify({ choices: [{ index: 0, delta: { tool_calls: [tool] }, finish_reason: 'tool_calls' }] })
}
/** Long enough that what is written before and after it arrives in two pieces. */
const breath = () => new Promise((resolve) => setTimeout(resolve, 1))

/** A model server that has nothing to say but what it was sent, in every spelling and cut at every byte of it. */
async function echoServer() {
  const sent: string[] = []
  const echo = async (
    body: string,
    { authorization = '', ...headers }: IncomingHttpHeaders,
    response: ServerResponse,
  ) => {
    if (body.includes('refuse me')) {
      response.writeHead(401, { 'x-request-id': authorization })
      return response.end(
        JSON.stringify({
          error: {
            message: `${String(headers['x-tenant']).replace('Bearer ', '')}: ${echoesOf(authorization).join(' ')}`,
          },
        }),
      )
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    if (!body.includes('"role":"tool"')) {
      const raw = authorization.replace('Bearer ', '')
      response.write(`data: ${call(`echo '${raw}' > echoed.txt; cat echoed.txt; env`)}\n\n`)
      return response.end('data: [DONE]\n\n')
    }
    const spelled = [...echoesOf(authorization).map((each) => JSON.stringify(`<${each}>`)), ...inJson(authorization)]
    for (const json of spelled) {
      for (let cut = 2; cut < json.length - 1; cut += 1) {
        const event = `data: ${contentOf(json)}\n\n`
        const at = event.indexOf(json) + cut
        response.write(event.slice(0, at))
        await breath()
        response.write(event.slice(at))
        await breath()
        sent.push(json)
      }
    }
    for (const each of NO_SECRETS) response.write(`data: ${contentOf(JSON.stringify(`<${each}>`))}\n\n`)
    response.end(`data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`)
  }
  const server = createServer((incoming, response) => {
    text(incoming)
      .then((body) => echo(body, incoming.headers, response))
      .catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    sent,
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const inJson = (authorization: string) =>
  jsonEscaped(authorization.replace('Bearer ', '')).flatMap((each) => [`"<${each}>"`, JSON.stringify(`<${each}>`)])

async function transcriptOf(client: Client, session: SessionId) {
  const stop = new AbortController()
  let transcript = EMPTY_TRANSCRIPT
  for await (const item of client.watch(session, { after: 0, signal: stop.signal })) {
    if (item.kind !== 'connection') transcript = applyItem(transcript, item)
    if (transcript.state.turns.length > 0) stop.abort()
  }
  return transcript
}

const filesOf = (place: Place) =>
  readdirSync(place.root, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name !== 'providers.toml')
    .map((entry) => join(entry.parentPath, entry.name))

test('a key that its own provider repeats, however spelled and cut, is seen by nobody', {
  timeout: 60_000,
}, async () => {
  await using model = await echoServer()
  await using place = makePlace()
  const provider = `provider_type = "openai"\nbase_url = "${model.baseUrl}"\napi_key = "${KEY}"\n`
  place.configure(
    'providers.toml',
    `[providers.registry.local]\n${provider}extra_headers = { X-Tenant = "Bearer ${TENANT}" }\n`,
  )
  place.configure('agent.toml', '[selection]\nprovider = "local"\nmodel = "test"\n')
  expect(await place.run('start', '--detach')).toMatchObject({ code: 0 })

  const asked = await place.run('ask', '--yes', '--json', 'say it')
  const refused = await place.run('ask', 'refuse me')
  expect([asked.code, refused.code]).toEqual([0, 1])
  const events = await place.run('events', '--json')
  const client = place.client()
  const { sessions } = await place.status()
  const transcripts = await Promise.all(sessions.map(({ session }) => transcriptOf(client, session as SessionId)))
  await client.close()
  await place.run('stop')

  const files = filesOf(place)
  expect(files.map((path) => path.split('/').at(-1))).toEqual(
    expect.arrayContaining(['log.db', 'daemon.log', 'echoed.txt']),
  )
  const transcript = JSON.stringify(transcripts)
  const seen = {
    asked: asked.stdout + asked.stderr,
    refused: refused.stdout + refused.stderr,
    events: events.stdout,
    transcript,
  }
  const read = Object.fromEntries(files.map((path) => [path, readFileSync(path, 'latin1')]))
  for (const [where, what] of Object.entries({ ...seen, ...read })) {
    expect([where, leaksIn(what, KEY), leaksIn(what, TENANT)]).toEqual([where, [], []])
  }
  // It was there each time, and what stood around it still is.
  expect(transcript.split(MARKER).length - 1).toBeGreaterThan(model.sent.length)
  expect(model.sent.length).toBeGreaterThan(1000)
  for (const each of NO_SECRETS) expect(transcript).toContain(`<${each}>`)
  expect(seen.refused).toContain(`[redacted:local.extra_headers.X-Tenant]: ${MARKER}`)
  expect(read[files.find((path) => path.endsWith('echoed.txt')) ?? '']).toBe(`${MARKER}\n`)
})
