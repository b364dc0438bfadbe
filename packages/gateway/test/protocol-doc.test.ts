import { readFileSync } from 'node:fs'
import { GATEWAY_ERROR_CODES } from '@nacre/types'
import { expect, test } from 'vitest'
import { QUEUED } from '../src/commands.js'
import { LIMITS } from '../src/gateway.js'
import { PAGE_BYTES, TURN_MIB } from '../src/history.js'
import { RETRYABLE } from '../src/refusal.js'

// What docs/protocol.md says of the gateway itself; the frames are compared in packages/types. The formatter pads tables.
const page = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8').replace(/ {2,}/g, ' ')
const MIB = 1024 * 1024
const count = (value: number) => value.toLocaleString('en')

test('the page says of each error whether the same again may succeed', () => {
  const told = [...page.matchAll(/^\| `(\w+)` \| .* \| (yes|no|it says) \|$/gm)].map(([, code, may]) => [code, may])
  const says = (code: (typeof GATEWAY_ERROR_CODES)[number]) => {
    if (code === 'internal') return 'it says' // as the log that failed
    return RETRYABLE.has(code) ? 'yes' : 'no'
  }
  expect(told).toEqual(GATEWAY_ERROR_CODES.map((code) => [code, says(code)]))
})

test('the page says the limits that the gateway has', () => {
  const { bufferedBytes, bufferedTotalBytes, stallMs, blobTotalBytes, subscriptions, connections, sessions } = LIMITS
  for (const row of [
    `| on the way to one client | ${bufferedBytes / MIB} MiB, or its share of ${bufferedTotalBytes / MIB} MiB for all of them`,
    `| subscriptions of one connection, connections of one listener | ${subscriptions}, ${count(connections)}; beyond that HTTP 503 |`,
    `| inputs of one session that wait | ${QUEUED} |`,
    `| sessions of one user | ${count(sessions)}, `,
    `| blobs that are being sent and fetched, in memory | ${blobTotalBytes / MIB} MiB for all clients together`,
    `as many whole turns as fit into ${PAGE_BYTES / MIB} MiB, but at least one; a turn of more than ${TURN_MIB} MiB is refused`,
    `After ${stallMs / 1000} s of that the subscription ends`,
    `${QUEUED} inputs of the session wait already`,
  ])
    expect(page).toContain(row)
})
