import { memoryLog } from '@nacre/log/testing'
import { LEDGER, sessionId, streamName, userId } from '@nacre/types'
import { expect, it } from 'vitest'
import { joined, openGateway, text } from './stage.js'

const alice = userId('alice')
const session = sessionId('s1')

it('a command on one session and a count of them read no list of heads', async () => {
  const log = memoryLog({ now: () => 1 })
  const read: string[] = []
  const watched = Object.assign(Object.create(log), {
    heads: (prefix: string) => {
      read.push(prefix)
      return log.heads(prefix)
    },
  })
  const { gateway } = openGateway({ log: watched })
  const peer = await joined(gateway)
  await peer.must('create_session', { session })
  await peer.must('create_session', { session: sessionId('s1-and-more') })
  await peer.must('send', { session, input: 'i1', parts: text('x'), mode: 'queue' })
  await peer.must('cancel', { session, command: 'c1' })
  await peer.must('subscribe', { session, after: 0 })
  await peer.must('history', { session, turns: 1 })
  await peer.must('fork_session', { session, target: sessionId('s2'), up_to: 1 })
  expect(await peer.must('health', {})).toMatchObject({ sessions: 3 })
  expect(read).toEqual([])
  await gateway.close()
})

it('a session is found without reading the heads of others', async () => {
  const log = memoryLog({ now: () => 1 })
  const read: string[] = []
  const watched = Object.assign(Object.create(log), {
    heads: async (...query: Parameters<typeof log.heads>) => {
      const heads = await log.heads(...query)
      read.push(...heads.map(({ title }) => title))
      return heads
    },
  })
  const { gateway } = openGateway({ log: watched })
  const peer = await joined(gateway)
  for (let n = 10; n < 60; n++) await peer.must('create_session', { session: sessionId(`s${n}`), title: `title ${n}` })
  await log.append(streamName(alice, LEDGER), [{ type: 'notice.posted' }])
  const find = async (prefix: string) => {
    const answer = await peer.ask('find_session', { prefix })
    const found = answer.type === 'reply' ? JSON.stringify(answer.payload.result) : answer.payload.message
    return [found, read.splice(0).length]
  }
  expect(await find('s12')).toEqual([expect.stringContaining('title 12'), 0])
  expect(await find('title 12')).toEqual([expect.stringContaining('title 12'), 1])
  const [message, count] = await find('s')
  expect(message).toMatch(/^That could be s59 \(title 59\), .*, s52 \(title 52\) and others\.$/)
  expect(count).toBeLessThanOrEqual(10)
  for (const prefix of ['ledger', 'ledg', 's1\0', '\ud800', 'S12', '%'])
    expect([prefix, await find(prefix)]).toEqual([prefix, ['There is no such session.', expect.any(Number)]])
  await gateway.close()
})

it('the ledger is no session: it is neither counted nor takes the room of one', async () => {
  const { gateway, log } = openGateway({ limits: { sessions: 1 } })
  await log.append(streamName(alice, LEDGER), [
    { type: 'notice.posted', level: 'info', text: 'spent' } as { type: string },
  ])
  const peer = await joined(gateway)
  expect(await peer.must('health', {})).toMatchObject({ sessions: 0 })
  await peer.must('create_session', { session })
  expect(await peer.must('health', {})).toMatchObject({ sessions: 1 })
  await gateway.close()
})
