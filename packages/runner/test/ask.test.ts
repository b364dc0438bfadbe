import { describe, expect, test } from 'vitest'
import { modelServer, usingModel } from './model-server.js'
import { makePlace, type Place } from './place.js'

/** A place whose daemon asks this model. */
async function placeWith(model: Awaited<ReturnType<typeof modelServer>>): Promise<Place> {
  const place = makePlace()
  for (const [name, text] of Object.entries(usingModel(model.baseUrl, 'sk-test'))) place.configure(name, text)
  expect(await place.run('start', '--detach')).toMatchObject({ code: 0 })
  return place
}

/** What the model was told by the user, the last time. */
const told = (model: Awaited<ReturnType<typeof modelServer>>): string =>
  JSON.stringify(
    JSON.parse(model.requests.at(-1)?.body ?? '{}').messages.findLast(({ role }: { role: string }) => role === 'user')
      .content,
  )

describe('ask', { timeout: 60_000 }, () => {
  test('takes its message from standard input where there are no words or a lone -, and puts it behind words', async () => {
    await using model = await modelServer(() => ({ text: 'ok' }))
    await using place = await placeWith(model)
    expect(await place.runWith('from the pipe', 'ask')).toMatchObject({ code: 0, stdout: 'ok\n' })
    expect(told(model)).toContain('from the pipe')
    expect(await place.runWith('with a dash', 'ask', '-')).toMatchObject({ code: 0 })
    expect(told(model)).toContain('with a dash')
    expect(await place.runWith('line 3 is wrong', 'ask', 'what', 'is', 'it?')).toMatchObject({ code: 0 })
    expect(told(model)).toMatch(/what is it\?.*line 3 is wrong/)
    const long = 'ä'.repeat(40_000)
    expect(await place.runWith(long, 'ask', 'count')).toMatchObject({ code: 0 })
    expect(told(model).match(/ä/g)).toHaveLength(40_000)
    expect(await place.runWith('x'.repeat(160 * 1024 + 1), 'ask', '-')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/more than 160 KiB.*\n.*name the file/),
    })
    expect(await place.runWith(' \n', 'ask')).toMatchObject({ code: 2, stderr: expect.stringContaining('Say it') })
  })

  test('--timeout cancels a turn that takes too long, with an exit code of its own', async () => {
    await using model = await modelServer(
      () => ({ text: 'never said' }),
      () => new Promise(() => undefined),
    )
    await using place = await placeWith(model)
    const { code, stderr } = await place.run('ask', '--timeout', '1', 'think')
    expect([code, stderr]).toEqual([7, expect.stringContaining('longer than 1 s')])
    expect(await place.status()).toMatchObject({ sessions: [{ status: 'idle' }] })
  })

  test('--timeout withdraws a message that waits behind others', async () => {
    await using model = await modelServer(
      () => ({ text: 'never said' }),
      () => new Promise(() => undefined),
    )
    await using place = await placeWith(model)
    const client = place.client()
    const { session } = await client.createSession()
    await client.send(session, 'think')
    expect((await place.run('ask', '--session', session, '--timeout', '1', 'hurry')).code).toBe(7)
    expect(await place.status()).toMatchObject({ sessions: [{ status: 'running' }] })
    await client.close()
  })

  test('an answer within the time is an answer', async () => {
    await using model = await modelServer(() => ({ text: 'quick' }))
    await using place = await placeWith(model)
    expect(await place.run('ask', '--timeout', '60', 'hello')).toMatchObject({ code: 0, stdout: 'quick\n' })
  })
})
