import type { ChildProcess } from 'node:child_process'
import { replayServer } from '@nacre/providers/testing'
import { describe, expect, test } from 'vitest'
import { modelServer } from './model-server.js'
import { ended, makePlace, type Place, until } from './place.js'

const entry = (name: string, baseUrl: string, more = '') =>
  `[providers.registry.${name}]\nprovider_type = "openai"\nbase_url = "${baseUrl}"\napi_key = "sk-${name}"\nmodels = ["m"]\n${more}\n`
const prices = (...names: readonly string[]) =>
  JSON.stringify(
    Object.fromEntries(
      names.map((name, n) => [name, { models: { m: { cost: { input: n + 1, output: n + 1 }, tool_call: true } } }]),
    ),
  )
const refused = { status: 429, headers: { 'retry-after': '60' }, body: '{"error":{"message":"slow down"}}' }
const stepsOf = async (place: Place) =>
  (await place.run('events', '--json')).stdout
    .split('\n')
    .filter((line) => line.includes('"step.finished"'))
    .map((line) => JSON.parse(line))

function heard(child: ChildProcess, words: string, then: (text: string) => void): void {
  let text = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    text += chunk.toString()
    if (text.includes(words)) then(text)
  })
}

describe('a selection of several', { timeout: 60_000 }, () => {
  test('falls back where the first is limited, with the key and the price of whoever answers', async () => {
    await using first = await replayServer(() => refused)
    await using second = await modelServer(() => ({ text: 'from the second' }))
    await using place = makePlace()
    place.configure('catalog.json', prices('two', 'one'))
    place.configure('providers.toml', entry('one', `${first.url}/v1`) + entry('two', second.baseUrl))
    place.configure('agent.toml', '[selection]\nprovider = "one"\nmodel = "m"\nfallback = ["two/m"]\n')
    expect(await place.run('start', '--detach')).toMatchObject({ code: 0, stderr: '' })
    expect(await place.run('ask', 'hello')).toMatchObject({ code: 0, stdout: 'from the second\n' })
    expect(await place.run('ask', 'again')).toMatchObject({ code: 0, stdout: 'from the second\n' })
    // The first asked to be left alone, and is.
    expect(first.requests).toHaveLength(1)
    expect([first.requests[0]?.headers.authorization, second.requests[0]?.headers.authorization]).toEqual([
      'Bearer sk-one',
      'Bearer sk-two',
    ])
    expect(await stepsOf(place)).toMatchObject([
      { by: { provider: 'two', model: 'm' }, usage: { inputTokens: 10, outputTokens: 5 }, spent: { microUsd: 15 } },
      { by: { provider: 'two', model: 'm' } },
    ])
    expect(JSON.parse((await place.run('usage', '--json')).stdout).rows).toMatchObject([
      { provider: 'two', model: 'm', calls: 2, cost_micro_usd: 30 },
    ])
  })

  test('by tags asks whoever meets them, and a start that none meets is refused with the selection and its place', async () => {
    await using far = await modelServer(() => ({ text: 'from far away' }))
    await using near = await modelServer(() => ({ text: 'from nearby' }))
    await using place = makePlace()
    place.configure('catalog.json', prices('far', 'near', 'other'))
    const both =
      entry('far', far.baseUrl, 'tags = ["jurisdiction:us"]') +
      entry('near', near.baseUrl, 'tags = ["jurisdiction:eu", "cost:high"]')
    place.configure('providers.toml', both + entry('other', near.baseUrl, 'tags = ["jurisdiction:eu", "cost:low"]'))
    place.configure(
      'agent.toml',
      'prompt = "x"\n[selection]\nrequired = ["jurisdiction in eu,ch", "tools"]\npreferred = ["cost<=low"]\n',
    )
    expect(await place.run('start', '--detach')).toMatchObject({ code: 0, stderr: '' })
    expect(await place.run('ask', 'hello')).toMatchObject({ code: 0, stdout: 'from nearby\n' })
    expect(near.requests[0]?.headers.authorization).toBe('Bearer sk-other')
    expect(far.requests).toHaveLength(0)
    await place.run('stop')

    place.configure('agent.toml', 'prompt = "x"\n[selection]\nrequired = ["jurisdiction=moon"]\n')
    const unmet = await place.run('start', '--detach')
    expect(unmet.code).toBe(2)
    expect(unmet.stderr).toMatch(
      /agent\.toml:3.*: No model meets the selection \[jurisdiction=moon\]\. .*far\/m is not jurisdiction=moon/,
    )

    place.configure(
      'agent.toml',
      '[selection]\nprovider = "near"\nmodel = "m"\nfallback = ["far/m"]\nrequired = ["jurisdiction=eu"]\n',
    )
    expect((await place.run('start', '--detach')).stderr).toContain('far/m is not jurisdiction=eu')
  })

  test('keeps to a quota over all sessions: who is beyond it is told why, and waits in the log', async () => {
    await using model = await modelServer(() => ({ text: 'counted' }))
    await using place = makePlace()
    place.configure('catalog.json', prices('one'))
    place.configure(
      'providers.toml',
      entry('one', model.baseUrl, 'message_limit = 2\nwindow_secs = 3600\nwindow = "fixed"'),
    )
    place.configure('agent.toml', '[selection]\nprovider = "one"\nmodel = "m"\n')
    await place.run('start', '--detach')
    const asking = Array.from({ length: 5 }, (_, n) => place.spawnCli(['ask', `message ${n}`]))
    const waiting = asking.map((child) => new Promise((resolve) => heard(child, 'It is asked again at', resolve)))
    const ends = asking.map((child) => ended(child))
    await Promise.all(asking.map((_, n) => Promise.race([waiting[n], ends[n]])))
    expect(model.requests).toHaveLength(2)
    await until(async () => (await place.status()).sessions.filter(({ status }) => status === 'waiting').length === 3)
    for (const child of asking) child.kill('SIGKILL')
    const outcomes = await Promise.all(ends)
    expect(outcomes.filter(({ stdout }) => stdout === 'counted\n')).toHaveLength(2)
    const told = outcomes.filter(({ stdout }) => stdout === '')
    for (const { stderr } of told) expect(stderr).toContain('one/m: its 2 messages in 3600 s are used')
    expect([told.length, model.requests.length]).toEqual([3, 2])
  })

  test('is the user’s to say: no project loosens it, and what is wrong in it is named with its place', async () => {
    await using place = makePlace()
    const starting = async (text: string, providers = '') => {
      place.configure('agent.toml', text)
      place.configure('providers.toml', providers)
      return (await place.run('start', '--detach')).stderr
    }
    expect(await starting('[selection]\nrequired = ["eu", "cost=="]\n')).toMatch(
      /agent\.toml:2.*expected .*a condition on tags/,
    )
    expect(await starting('[selection]\nfallback = ["opnai/gpt-4o"]\n')).toMatch(
      /agent\.toml:2.*names opnai, no entry.*\n.*Did you mean openai\?/,
    )
    expect(await starting('[selection]\nfallback = ["gpt-4o"]\n')).toContain('provider/model')
    expect(
      await starting('', '[providers.registry.offline]\nprovider_type = "offline"\nmessage_limit = 0\n'),
    ).toContain('message_limit')
    expect(await starting('', '[providers.registry.offline]\nprovider_type = "offline"\ntags = ["a=b"]\n')).toContain(
      'a tag, such as',
    )
    place.configure('../../.nacre/agent.toml', '[selection]\nrequired = []\n')
    expect(await starting('')).toContain('a project may not set selection.required')
  })
})
