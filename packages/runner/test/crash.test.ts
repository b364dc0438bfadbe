import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  applyItem,
  type Client,
  EMPTY_TRANSCRIPT,
  type SessionId,
  sessionId,
  type Transcript,
  waitingFor,
} from '@nacre/client'
import { expect, test } from 'vitest'
import { modelServer, type Said, usingModel } from './model-server.js'
import { isAlive, makePlace, type Place, until } from './place.js'

const LONG = Array.from({ length: 400 }, (_, n) => `word${n}`).join(' ')

/** Runs a command that leaves one line behind, writes a file, then says a long answer. */
function say(text: string, round: number): Said {
  const name = /work (\w+)/.exec(text)?.[1] ?? 'nothing'
  if (round === 0)
    return {
      text: 'I begin. ',
      calls: [{ name: 'shell_exec', args: { command: `echo ${name} >> effects.txt; sleep 0.02` } }],
    }
  if (round === 1)
    return {
      text: '',
      calls: [
        { name: 'file_write', args: { path: `${name}.txt`, content: name } },
        { name: 'file_list', args: {} },
      ],
    }
  return { text: `${LONG} done ${name}` }
}

async function started(place: Place, baseUrl: string): Promise<void> {
  for (const [name, text] of Object.entries(usingModel(baseUrl, 'sk-test'))) place.configure(name, text)
  const { code, stderr } = await place.run('start', '--detach')
  expect(stderr).toBe('')
  expect(code).toBe(0)
}

/** Watches a session, approves what asks, and keeps what an exactly-once client must see. */
function watching(client: Client, session: SessionId) {
  const stop = new AbortController()
  const approved = new Set<string>()
  const seqs: number[] = []
  let transcript: Transcript = EMPTY_TRANSCRIPT
  let deltas = 0
  const done = (async () => {
    for await (const item of client.watch(session, { after: 0, signal: stop.signal })) {
      if (item.kind === 'connection') continue
      transcript = applyItem(transcript, item)
      if (item.kind === 'stored') seqs.push(item.event.seq)
      if (item.kind === 'transient') deltas += 1
      const call = waitingFor(transcript.state)
      if (call?.status.type === 'asked' && transcript.caughtUp && !approved.has(call.call)) {
        approved.add(call.call)
        await client.approve(session, { call: call.call, hash: call.status.hash })
      }
    }
  })()
  return {
    seqs,
    deltas: () => deltas,
    transcript: () => transcript,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await done
    },
  }
}

function checkTurns({ state }: Transcript, workspace: string, names: readonly string[]) {
  expect(state.turns.map((turn) => turn.end?.outcome)).toEqual(names.map(() => 'completed'))
  const effects = readFileSync(join(workspace, 'effects.txt'), 'utf8').trim().split('\n')
  for (const [n, name] of names.entries()) {
    const turn = state.turns[n]
    const times = effects.filter((line) => line === name).length
    const shell = turn?.steps.flatMap((step) => step.calls).find((call) => call.name === 'shell_exec')
    const outcome = shell?.status.type === 'finished' ? shell.status.outcome : 'open'
    expect(times, name).toBeLessThanOrEqual(1)
    if (outcome === 'ok') expect(times, name).toBe(1)
    else expect(outcome, name).toBe('unknown')
    const answer = turn?.steps
      .at(-1)
      ?.end?.parts.map((part) => (part.type === 'text' ? part.text : ''))
      .join('')
    expect(answer).toBe(`${LONG} done ${name}`)
  }
}

test('guests killed at random while they work and stream: each turn ends once, no effect twice, the client misses nothing', {
  timeout: 180_000,
}, async () => {
  await using model = await modelServer(say, () => new Promise((resolve) => setImmediate(resolve)))
  await using place = makePlace()
  await started(place, model.baseUrl)
  const client = place.client()
  const { session } = await client.createSession()
  const names = Array.from({ length: 6 }, (_, n) => `job${n}`)
  await using watch = watching(client, session)
  let kills = 0
  for (const [n, name] of names.entries()) {
    await client.send(session, `work ${name}`)
    // Each job is hit at another moment: after so many more deltas than there were.
    const hit = watch.deltas() + 1 + n * 60
    await until(() => watch.deltas() >= hit || watch.transcript().state.turns.length > n)
    const pid = (await place.status()).guests[0]?.pid
    if (pid) {
      process.kill(pid, 'SIGKILL')
      kills += 1
    }
    await until(() => watch.transcript().state.turns.length > n)
  }
  expect(kills).toBe(names.length)
  checkTurns(watch.transcript(), (await place.status()).workspace, names)
  expect(watch.seqs).toEqual([...new Set(watch.seqs)].toSorted((a, b) => a - b))
  const logged = await place.run('events', '--json', '--session', session)
  expect(watch.seqs).toEqual(
    logged.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).seq),
  )
  await client.close()
})

test('a supervisor killed with -9 takes its guest along within a second; the next start goes on where it stood', {
  timeout: 120_000,
}, async () => {
  await using model = await modelServer(say, () => new Promise((resolve) => setImmediate(resolve)))
  await using place = makePlace()
  await started(place, model.baseUrl)
  const first = place.client()
  const { session } = await first.createSession()
  await first.send(session, 'work alpha')
  {
    await using watch = watching(first, session)
    await until(() => watch.deltas() > 5)
  }
  const { pid, guests } = await place.status()
  const guest = guests[0]?.pid ?? 0
  process.kill(pid, 'SIGKILL')
  const killedAt = performance.now()
  await until(() => !isAlive(guest))
  expect(performance.now() - killedAt).toBeLessThan(3000)
  await first.close()

  expect((await place.run('start', '--detach')).code).toBe(0)
  const second = place.client()
  await using watch = watching(second, sessionId(session))
  await until(() => watch.transcript().state.turns.length === 1)
  checkTurns(watch.transcript(), (await place.status()).workspace, ['alpha'])
  await second.close()
})

test('"what did I say?" is answered after everything was killed', { timeout: 60_000 }, async () => {
  await using place = makePlace()
  await place.run('start', '--detach')
  await place.run('ask', 'remember that the ferry leaves at nine')
  const { pid, guests, sessions } = await place.status()
  for (const victim of [guests[0]?.pid ?? 0, pid]) process.kill(victim, 'SIGKILL')
  await until(() => !isAlive(pid))
  expect((await place.run('start', '--detach')).code).toBe(0)
  const { stdout } = await place.run('ask', '--session', sessions[0]?.session ?? '', 'what did I say about the ferry?')
  expect(stdout).toContain('the ferry leaves at nine')
})

test('a command dies with the guest that ran it', { timeout: 60_000 }, async () => {
  await using model = await modelServer((_, round) =>
    round === 0
      ? { text: '', calls: [{ name: 'shell_exec', args: { command: 'echo $$ > pid.txt; sleep 1000' } }] }
      : { text: 'over' },
  )
  await using place = makePlace()
  await started(place, model.baseUrl)
  const client = place.client()
  const { session } = await client.createSession()
  await using watch = watching(client, session)
  await client.send(session, 'go')
  const { workspace, guests } = await place.status()
  const read = () => {
    try {
      return Number(readFileSync(join(workspace, 'pid.txt'), 'utf8'))
    } catch {
      return 0
    }
  }
  const command = await until(read)
  expect(isAlive(command)).toBe(true)
  process.kill(guests[0]?.pid ?? 0, 'SIGKILL')
  await until(() => !isAlive(command))
  await until(() => watch.transcript().state.turns.length === 1)
  expect(watch.transcript().state.turns[0]?.steps[0]?.calls[0]?.status).toMatchObject({
    type: 'finished',
    outcome: 'unknown',
  })
  await client.close()
})
