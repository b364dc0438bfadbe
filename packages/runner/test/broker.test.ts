import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { createRedactor, systemWorld } from '@nacre/kit'
import { fakeWorld } from '@nacre/kit/testing'
import { expect, onTestFinished, test } from 'vitest'
import { createBroker } from '../src/broker/broker.ts'
import { fileLogger } from '../src/daemon/logger.ts'
import { leaksIn, spellingsOf } from './secrets-spelled.ts'

// Its base64 is not its base64url, at any offset.
const KEY = 'sk-canary/~~~7f3a9c+never???seen'
const MARKER = '[redacted:up.api_key]'

type Answer = (incoming: IncomingMessage, response: ServerResponse) => unknown

/** A broker with one route `up`, to this server, or to whatever `target` says. */
async function brokered(answer: Answer, key = KEY, target?: string, world = systemWorld()) {
  const upstream = createServer((incoming, response) => void answer(incoming, response))
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  const address = upstream.address()
  const port = typeof address === 'object' ? address?.port : 0
  const logged: string[] = []
  const log = (message: string, facts?: object) => void logged.push(`${message} ${JSON.stringify(facts)}`)
  const inject = { authorization: `Bearer ${key}` }
  const route = { name: 'up', targets: { '/up/v1': target ?? `http://127.0.0.1:${port}/v1` }, inject, missing: '' }
  const redactor = createRedactor([{ name: 'up.api_key', value: key }])
  const broker = createBroker([route], { world, logger: { info: log, warn: log }, redactor })
  const directory = mkdtempSync(join(tmpdir(), 'nacre-broker-'))
  const socketPath = join(directory, 'b.sock')
  await new Promise<void>((resolve) => broker.listen(socketPath, resolve))
  onTestFinished(async () => {
    await Promise.all([broker, upstream].map(closed))
    rmSync(directory, { recursive: true })
  })
  const call = () =>
    new Promise<IncomingMessage>((resolve, reject) => {
      request({ socketPath, method: 'POST', path: '/up/v1' }, resolve).once('error', reject).end('{}')
    })
  return { call, logged, upstream }
}

async function closed(server: Server): Promise<void> {
  const done = new Promise((resolve) => server.close(resolve))
  server.closeAllConnections()
  await done
}

const breath = () => new Promise((resolve) => setImmediate(resolve))

test('the key comes back in no spelling, with the answer cut at every byte of it', async () => {
  const spelled = Object.values(spellingsOf(KEY))
  const { call } = await brokered(async (_, response) => {
    for (const each of spelled) {
      for (let cut = 0; cut <= each.length; cut += 1) {
        response.write(`<${each.slice(0, cut)}`)
        await breath()
        response.write(`${each.slice(cut)}>`)
        await breath()
      }
    }
    response.end()
  })
  const said = await text(await call())
  expect(leaksIn(said, KEY)).toEqual([])
  const rounds = spelled.reduce((sum, each) => sum + each.length + 1, 0)
  expect(said).toBe(`<${MARKER}>`.repeat(rounds))
})

test('the key comes back in no header, and a length that would be wrong is not told', async () => {
  const body = `{"echo":"${KEY}"}`
  const { call } = await brokered((incoming, response) => {
    response.writeHead(401, { 'content-length': body.length, 'x-request-id': `for ${incoming.headers.authorization}` })
    response.end(body)
  })
  const response = await call()
  expect(response.headers['x-request-id']).toBe(`for Bearer ${MARKER}`)
  expect(response.headers['content-length']).toBeUndefined()
  expect([response.statusCode, await text(response)]).toEqual([401, `{"echo":"${MARKER}"}`])
})

test('an event passes before the next one comes', async () => {
  const asked = Promise.withResolvers<void>()
  const { call } = await brokered(async (_, response) => {
    response.write('data: {"delta":"sk-canary"}\n\n')
    await asked.promise
    response.end('data: [DONE]\n\nsk-can')
  })
  const response = await call()
  const chunks = response[Symbol.asyncIterator]() as AsyncIterableIterator<Buffer>
  expect(String((await chunks.next()).value)).toBe('data: {"delta":"sk-canary"}\n\n')
  asked.resolve()
  let rest = ''
  for await (const chunk of chunks) rest += String(chunk)
  expect(rest).toBe('data: [DONE]\n\nsk-can') // What waited for more of a key comes when there is no more.
})

test('an answer that breaks off breaks off for the guest too', async () => {
  const { call } = await brokered(async (_, response) => {
    response.write('half an answer sk-can')
    await breath()
    response.destroy()
  })
  await expect(call().then(text)).rejects.toThrow('aborted')
})

test('a compressed answer, which cannot be read through, is kept back', async () => {
  const { call, logged } = await brokered((_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(KEY.repeat(100)))
  })
  const response = await call()
  expect(response.statusCode).toBe(502)
  expect(await text(response)).toContain('up compressed its answer')
  expect(logged).toHaveLength(1)
})

test('a connection has 15 seconds to be there, its TLS included', async () => {
  const silent = createTcpServer()
  const dialled = new Promise((resolve) => silent.once('connection', resolve))
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void silent.close())
  const world = fakeWorld()
  const target = `https://127.0.0.1:${(silent.address() as AddressInfo).port}/v1`
  const { call } = await brokered(() => undefined, KEY, target, world)
  const answered = call()
  await dialled
  await world.advance(15_000)
  const response = await answered
  expect([response.statusCode, await text(response)]).toEqual([
    502,
    expect.stringContaining('no connection within 15 s'),
  ])
})

test('an answer has all the time in the world, and the next call takes the same connection', async () => {
  const world = fakeWorld()
  const asked = Promise.withResolvers<void>()
  const { call, upstream } = await brokered(
    async (_, response) => {
      await world.advance(3_600_000)
      response.write('thinking ')
      await world.advance(3_600_000)
      response.end('done')
      asked.resolve()
    },
    KEY,
    undefined,
    world,
  )
  let connections = 0
  upstream.on('connection', () => (connections += 1))
  for (let n = 0; n < 2; n++) expect(await text(await call())).toBe('thinking done')
  await asked.promise
  expect(connections).toBe(1)
})

test('an upstream that sends elsewhere is not followed', async () => {
  const { call, upstream } = await brokered((_, response) => {
    response.writeHead(307, { location: '/elsewhere' }).end('elsewhere')
  })
  let requests = 0
  upstream.on('request', () => (requests += 1))
  const response = await call()
  expect([response.statusCode, response.headers.location, await text(response), requests]).toEqual([
    307,
    undefined,
    'elsewhere',
    1,
  ])
})

test('the reason why an upstream could not be reached never holds the key', async () => {
  const key = 'sk-canary-7f3a9c-never-seen'
  const { call, logged } = await brokered(() => undefined, key, `http://${key}.invalid/v1`)
  const response = await call()
  expect(response.statusCode).toBe(502)
  expect(await text(response)).toContain(`${MARKER}.invalid could not be reached`)
  expect(logged.join()).toMatch(/getaddrinfo \w+ \[redacted:up\.api_key\]\.invalid/)
  expect(leaksIn(logged.join(), key)).toEqual([])
})

test('the log of the supervisor holds no key, nor the beginning of one where a long line is cut', () => {
  const directory = mkdtempSync(join(tmpdir(), 'nacre-log-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const path = join(directory, 'daemon.log')
  const logger = fileLogger(path, systemWorld(), createRedactor([{ name: 'up.api_key', value: KEY }]), false)
  for (const spelled of Object.values(spellingsOf(KEY))) logger.warn(`guest: ${spelled}.`, { why: `${spelled}.` })
  logger.info(`${' '.repeat(4000 - 20)}${KEY}`)
  const logged = readFileSync(path, 'utf8')
  expect(leaksIn(logged, KEY)).toEqual([])
  expect(logged).not.toContain(KEY.slice(0, 12))
  expect(logged).toContain(` warn guest: ${MARKER}. why="${MARKER}."`)
})
