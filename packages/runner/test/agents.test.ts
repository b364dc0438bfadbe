import { expect, test } from 'vitest'
import { modelServer, type Said, usingModel } from './model-server.js'
import { makePlace, type Place } from './place.js'

const AGENTS = `
[agents.researcher]
description = "finds things out"
prompt_file = "researcher.md"
tools = ["file_read", "file_list"]
max_turns = 3
[agents.quick]
prompt = "You are quick."
[agents.quick.selection]
model = "small"
[agents.quick.budget]
turn_tokens = 10
`

function say(text: string, round: number): Said {
  if (text.includes('who keeps the keys') && round === 0)
    return {
      text: '',
      calls: [{ name: 'delegate_to_agent', args: { agent: 'researcher', goal: 'look for the keys' } }],
    }
  if (text === 'ask me' && round === 0) return { text: '', calls: [{ name: 'ask_user', args: { question: 'Which?' } }] }
  if (text.startsWith('run ') && round === 0)
    return { text: '', calls: [{ name: 'shell_exec', args: { command: text.slice(4) } }] }
  return { text: text === 'look for the keys' ? 'They hang by the door.' : `answered ${text}` }
}

async function started(place: Place, baseUrl: string): Promise<void> {
  const { 'providers.toml': providers, 'agent.toml': agent } = usingModel(baseUrl, 'sk-test')
  place.configure('providers.toml', providers)
  place.configure('agent.toml', agent + AGENTS)
  place.configure('researcher.md', 'You are a researcher.')
  expect(await place.run('start', '--detach')).toMatchObject({ code: 0, stderr: '' })
}

type Body = {
  readonly model: string
  readonly messages: { role: string; content: string }[]
  readonly tools?: unknown[]
}
const bodies = (requests: readonly { readonly body: string }[]) => requests.map(({ body }) => JSON.parse(body) as Body)

test('a delegate has its own prompt and tools, its answer comes back, and its session is listed as a delegate', {
  timeout: 60_000,
}, async () => {
  await using model = await modelServer(say)
  await using place = makePlace()
  await started(place, model.baseUrl)
  expect(await place.run('ask', 'who keeps the keys?')).toMatchObject({ code: 0 })
  const [asking, helping, last] = bodies(model.requests)
  expect(JSON.stringify(asking?.tools)).toContain('- researcher: finds things out')
  expect(helping?.messages[0]).toEqual({ role: 'system', content: 'You are a researcher.' })
  expect(helping?.tools).toHaveLength(2)
  expect(JSON.stringify(last?.messages.at(-1))).toContain('They hang by the door.')
  await using client = Object.assign(place.client(), { [Symbol.asyncDispose]: async () => client.close() })
  const sessions = await client.sessions()
  const [own] = sessions.filter(({ parent }) => parent === undefined)
  expect(sessions.filter(({ parent }) => parent === own?.session)).toMatchObject([
    { agent: 'researcher', status: 'idle' },
  ])
})

test('an agent is honoured at the top level too: prompt, model, tools and limits; one that there is none of is refused', {
  timeout: 60_000,
}, async () => {
  await using model = await modelServer(say)
  await using place = makePlace()
  await started(place, model.baseUrl)
  expect(await place.run('ask', '--agent', 'researcher', 'hello')).toMatchObject({
    code: 0,
    stdout: 'answered hello\n',
  })
  expect(bodies(model.requests)[0]).toMatchObject({
    model: 'test',
    messages: [{ content: 'You are a researcher.' }, {}],
  })
  expect(bodies(model.requests)[0]?.tools).toHaveLength(2)
  // Ten tokens pay for no call at all: the limit is the agent's own.
  expect((await place.run('ask', '--agent', 'quick', 'hello')).code).toBe(6)
  expect(model.requests).toHaveLength(1)
  const refused = await place.run('ask', '--agent', 'reseacher', 'hello')
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('There are: default, researcher, quick') })
})

test('a question without a terminal is answered by saying that nobody is there', { timeout: 60_000 }, async () => {
  await using model = await modelServer(say)
  await using place = makePlace()
  await started(place, model.baseUrl)
  const asked = await place.run('ask', 'ask me')
  expect(asked).toMatchObject({ code: 0, stderr: expect.stringContaining('Which?') })
  expect(JSON.stringify(bodies(model.requests)[1]?.messages.at(-1))).toContain('Nobody is there to answer.')
})

test('what is approved always is listed, is not asked again in any session, and can be taken back', {
  timeout: 60_000,
}, async () => {
  await using model = await modelServer(say)
  await using place = makePlace()
  await started(place, model.baseUrl)
  const client = place.client()
  const { session } = await client.createSession()
  await client.send(session, 'run echo hi')
  for await (const item of client.watch(session, { after: 0, signal: AbortSignal.timeout(30_000) })) {
    if (item.kind !== 'stored') continue
    const event = item.event as { type: string; call?: string; hash?: string }
    if (event.type === 'approval.requested')
      await client.approve(session, { call: event.call ?? '', hash: event.hash ?? '' }, 'always')
    if (event.type === 'turn.finished') break
  }
  await client.close()
  expect((await place.run('approvals')).stdout).toMatch(/^[0-9a-f]{12} {2}shell_exec \{"command":"echo hi"\}\n$/)
  // Without a terminal an approval would be denied, with exit code 4.
  expect(await place.run('ask', 'run echo hi')).toMatchObject({ code: 0 })
  expect(await place.run('ask', 'run echo other')).toMatchObject({ code: 4 })
  const [hash = ''] = (await place.run('approvals')).stdout.split(' ')
  expect(await place.run('approvals', '--revoke', hash)).toMatchObject({ code: 0 })
  expect(await place.run('ask', 'run echo hi')).toMatchObject({ code: 4 })
  expect((await place.run('approvals', '--revoke', hash)).code).toBe(1)
})

test('a tool that the policy names is as strict as the stricter word; a name that no tool has is an error', {
  timeout: 60_000,
}, async () => {
  await using place = makePlace()
  place.configure('agent.toml', '[policy.tools]\nshel_exec = "deny"\n')
  expect(await place.run('start', '--detach')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(
      /agent\.toml:2.*policy\.tools\.shel_exec: there is no tool shel_exec\.[\s\S]*shell_exec/,
    ),
  })
  place.configure('agent.toml', '[policy]\nprivileged = "allow"\n[policy.tools]\nshell_exec = "deny"\n')
  expect((await place.run('start', '--detach')).code).toBe(0)
  expect((await place.run('ask', 'run `date`')).stderr).toContain('[denied]')
})
