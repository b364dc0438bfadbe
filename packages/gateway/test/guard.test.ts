import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Header, request, UPGRADE, type Where, wsFrame } from './raw.js'
import { HELLO, openGateway } from './stage.js'

const FACE = 'https://face.example:8443'
const { gateway } = openGateway({
  allow: { origins: [FACE], hosts: ['nacre.example'] },
  // A busy machine is not what is tested here.
  limits: { loopDelayMs: 60_000 },
})
let directory = ''
const listeners: { name: string; where: Where; hosts: readonly string[]; wrong: readonly string[] }[] = []

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gw-'))
  await chmod(directory, 0o700)
  const { path } = await gateway.listen({ path: join(directory, 'g.sock') })
  listeners.push({
    name: 'unix',
    where: { path },
    hosts: ['localhost', 'nacre', 'nacre.example'],
    wrong: ['nacre:80', 'NACRE', '127.0.0.1'],
  })
  const loopback = Object.values(networkInterfaces())
    .flat()
    .some((address) => address?.address === '::1')
  for (const host of ['127.0.0.1', ...(loopback ? ['::1' as const] : [])] as const) {
    const tcp = await gateway.listen({ host, port: 0 })
    const { port } = tcp
    const hosts = [`127.0.0.1:${port}`, `[::1]:${port}`, `localhost:${port}`, 'nacre.example']
    const wrong = [
      `evil.com:${port}`,
      'localhost',
      '127.0.0.1',
      `127.0.0.1:${port + 1}`,
      `LOCALHOST:${port}`,
      `0.0.0.0:${port}`,
      `::1:${port}`,
      `127.1:${port}`,
    ]
    listeners.push({ name: host, where: tcp, hosts, wrong })
  }
})
afterAll(async () => {
  await gateway.close()
  await rm(directory, { recursive: true })
})

const origins = (port: number): { headers: readonly Header[]; allowed: boolean }[] => [
  { headers: [], allowed: true },
  { headers: [['Origin', FACE]], allowed: true },
  { headers: [['Origin', '']], allowed: false },
  { headers: [['Origin', 'null']], allowed: false },
  { headers: [['Origin', 'http://evil.com']], allowed: false },
  { headers: [['Origin', `http://evil.com:${port}`]], allowed: false },
  { headers: [['Origin', `http://localhost:${port}`]], allowed: false },
  { headers: [['Origin', `http://127.0.0.1:${port}`]], allowed: false },
  { headers: [['Origin', `http://[::1]:${port}`]], allowed: false },
  { headers: [['oRiGiN', 'http://evil.com']], allowed: false },
  { headers: [['Origin', FACE.toUpperCase()]], allowed: false },
  { headers: [['Origin', `${FACE}/`]], allowed: false },
  { headers: [['Origin', `${FACE}, http://evil.com`]], allowed: false },
  {
    headers: [
      ['Origin', FACE],
      ['Origin', 'http://evil.com'],
    ],
    allowed: false,
  },
  {
    headers: [
      ['Origin', 'http://evil.com'],
      ['Origin', FACE],
    ],
    allowed: false,
  },
]
const TOKENS = [HELLO.token, 'wrong', '', HELLO.token.toUpperCase(), `${HELLO.token} `, undefined]

/** What a raw upgrade and, where it passes, a first frame come to. */
async function knock(where: Where, headers: readonly Header[], token: string | undefined): Promise<number | string> {
  const { status, socket, frame } = await request(where, [...headers, ...UPGRADE])
  if (status === 101) {
    const first =
      token === undefined
        ? { type: 'health', payload: { request_id: '1' } }
        : { type: 'hello', payload: { ...HELLO, token, request_id: '1' } }
    socket.write(wsFrame(JSON.stringify(first)))
  }
  const answer = status === 101 ? await frame() : undefined
  socket.destroy()
  if (answer === undefined) return status
  return answer.type === 'error' ? answer.payload.code : answer.type
}

describe('who gets in', () => {
  it('is decided by Origin, Host and token on every listener: only an allowed pair with the token passes', async () => {
    let judged = 0
    for (const { where, hosts, wrong } of listeners) {
      const port = 'port' in where ? where.port : 80
      for (const host of [...hosts, ...wrong, `evil.com:${port}`, 'evil.com', '']) {
        for (const { headers, allowed } of origins(port)) {
          const good = hosts.includes(host)
          for (const token of good && allowed ? TOKENS : [HELLO.token]) {
            const expected = !good ? 421 : !allowed ? 403 : token === HELLO.token ? 'reply' : 'unauthenticated'
            const got = await knock(where, [['Host', host], ...headers], token)
            expect({ host, headers, token, got }).toEqual({ host, headers, token, got: expected })
            judged += 1
          }
        }
      }
    }
    expect(judged).toBeGreaterThan(listeners.length * 150)
  })

  it('needs exactly one Host', async () => {
    for (const { where, hosts } of listeners) {
      const [host = ''] = hosts
      expect(
        await knock(
          where,
          [
            ['Host', host],
            ['Host', 'evil.com'],
          ],
          HELLO.token,
        ),
      ).not.toBe('reply')
      expect(
        await knock(
          where,
          [
            ['Host', 'evil.com'],
            ['Host', host],
          ],
          HELLO.token,
        ),
      ).not.toBe('reply')
      expect(await knock(where, [], HELLO.token)).not.toBe('reply')
    }
  })

  it('is guarded the same on /healthz and /readyz', async () => {
    for (const { where, hosts, wrong } of listeners) {
      for (const target of ['/healthz', '/readyz']) {
        for (const host of [...hosts, ...wrong]) {
          for (const { headers, allowed } of origins(80)) {
            const { status, socket } = await request(where, [['Host', host], ...headers], target)
            socket.destroy()
            expect({ target, host, headers, status }).toEqual({
              target,
              host,
              headers,
              status: hosts.includes(host) ? (allowed ? 200 : 403) : 421,
            })
          }
        }
      }
    }
  })
})

describe('what there is', () => {
  it('is /ws for upgrades, /healthz and /readyz for reads, and nothing else', async () => {
    for (const { where, hosts } of listeners) {
      const host: Header = ['Host', hosts[0] ?? '']
      for (const target of [
        '/',
        '/ws/',
        '/WS',
        '/ws?token=x',
        '/healthz',
        '//ws',
        'http://localhost/ws',
        '/ws#x',
        '/../ws',
      ]) {
        const { status, socket } = await request(where, [host, ...UPGRADE], target)
        socket.destroy()
        expect([target, status]).toEqual([target, 404])
      }
      for (const [method, target] of [
        ['GET', '/'],
        ['GET', '/ws'],
        ['POST', '/healthz'],
        ['PUT', '/readyz'],
        ['GET', '/healthz/'],
        ['DELETE', '/'],
      ] as const) {
        const { status, socket } = await request(where, [host, ['Content-Length', '0']], target, method)
        socket.destroy()
        expect([method, target, status]).toEqual([method, target, 404])
      }
    }
  })

  it('does not let a form or a plain-text post of another page do anything', async () => {
    for (const { where, hosts } of listeners) {
      for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data']) {
        const headers: Header[] = [
          ['Host', hosts[0] ?? ''],
          ['Origin', 'http://evil.com'],
          ['Content-Type', type],
          ['Content-Length', '0'],
        ]
        const { status, socket } = await request(where, headers, '/ws', 'POST')
        socket.destroy()
        expect(status).toBe(403)
      }
    }
  })

  it('answers no compression offer, so no frame can unfold to more than it weighs', async () => {
    for (const { where, hosts } of listeners) {
      const headers: Header[] = [
        ['Host', hosts[0] ?? ''],
        ...UPGRADE,
        ['Sec-WebSocket-Extensions', 'permessage-deflate; client_max_window_bits'],
      ]
      const { status, head, socket, closed } = await request(where, headers)
      expect(status).toBe(101)
      expect(head.toLowerCase()).not.toContain('sec-websocket-extensions')
      socket.write(wsFrame('x', { rsv: 4 }))
      await closed
    }
  })

  it('is ready, with the delay of the event loop in milliseconds, unless that is too long', async () => {
    const late = openGateway({ limits: { loopDelayMs: -1 } }).gateway
    const where = await late.listen({ host: '127.0.0.1', port: 0 })
    const cases = [
      [listeners[0]?.where ?? where, 'localhost', 200, 'ready'],
      [where, `localhost:${where.port}`, 503, 'not ready'],
    ] as const
    for (const [at, host, code, words] of cases) {
      const { status, until, socket } = await request(at, [['Host', host]], '/readyz')
      const body = JSON.parse((await until('\n')) ?? '')
      socket.destroy()
      expect([status, body]).toEqual([code, { status: words, event_loop_delay_ms: expect.any(Number) }])
      expect(body.event_loop_delay_ms).toBeGreaterThanOrEqual(0)
    }
    await late.close()
  })
})
