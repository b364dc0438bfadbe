import { readFileSync, writeFileSync } from 'node:fs'
import { scriptedAnswer } from '@nacre/providers/testing'
import type { Provider } from '@nacre/types'
import { expect, test } from 'vitest'
import { freshRoot, logIn, openHouse, transcriptWhen } from './house.js'

const model: Provider = {
  name: 'm',
  async *generate() {
    yield* scriptedAnswer('Fine.')
  },
}

test('a session whose text was damaged on disk says so and how to mend it; the other goes on', async () => {
  const root = freshRoot()
  const first = await openHouse({ provider: model, root })
  const [hurt, well] = [await first.client.createSession(), await first.client.createSession()]
  for (const { session } of [hurt, well]) {
    await first.client.send(session, session === hurt.session ? 'said-before-the-damage' : 'hello')
    await transcriptWhen(first.client, session, ({ state }) => state.turns.length === 1)
  }
  await first.leave()
  await first.log.close()
  const bytes = readFileSync(logIn(root))
  const at = bytes.indexOf('said-before-the-damage')
  expect(at).toBeGreaterThan(0)
  // Still UTF-8, still JSON, and not what was said.
  bytes.write('said-after', at)
  writeFileSync(logIn(root), bytes)

  const { client, failures } = await openHouse({ provider: model, root })
  expect(new Set((await client.sessions()).map(({ session }) => session))).toEqual(
    new Set([hurt.session, well.session]),
  )
  const damaged = {
    message: expect.stringMatching(/The log is damaged\. Event \d+ is not what was written/),
    mend: expect.stringContaining('backup'),
  }
  await expect(client.history(hurt.session, { turns: 1 })).rejects.toMatchObject(damaged)
  await expect(transcriptWhen(client, hurt.session, () => false)).rejects.toMatchObject(damaged)
  await client.send(hurt.session, 'Are you there?')
  await expect.poll(() => failures[0]).toMatchObject({ code: 'corrupt', ...damaged })
  await client.send(well.session, 'And you?')
  const { state } = await transcriptWhen(client, well.session, ({ state }) => state.turns.length === 2)
  expect(state.turns[1]?.end).toMatchObject({ outcome: 'completed' })
})
