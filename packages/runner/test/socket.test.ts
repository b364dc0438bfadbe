import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { claimSocket, isLive } from '../src/daemon/socket.js'
import { freshRoot } from './house.js'

test('a door that closes takes its own socket along', async () => {
  const path = join(freshRoot(), 'door.sock')
  const door = await claimSocket(createServer(), path, 'This')
  expect(await isLive(path)).toBe(true)
  door.close()
  expect(existsSync(path)).toBe(false)
})

test('a door whose path another one has by now leaves that one alone', async () => {
  const path = join(freshRoot(), 'door.sock')
  const first = await claimSocket(createServer(), path, 'The first')
  rmSync(path)
  const server = createServer()
  const second = await claimSocket(server, path, 'The second')
  first.close()
  expect(await isLive(path)).toBe(true)
  second.close()
  await once(server, 'close')
  expect(existsSync(path)).toBe(false)
})
