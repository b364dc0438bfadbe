import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemWorld } from '@nacre/kit'
import { fakeWorld } from '@nacre/kit/testing'
import { agentSpawn, type CliOptions, cliProvider } from '@nacre/providers'
import { callId, type GenerateRequest, type Message, type ModelEvent } from '@nacre/types'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { promptText } from '../dist/cli-prompt.js'
import { ASK, run, textOf } from './support.js'

/** Real programs: `sh` plays the agent. */

const world = systemWorld()
let dir = ''
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nacre-cli-'))
})
afterAll(() => rm(dir, { recursive: true }))

const agent = (script: string, more: Partial<CliOptions> = {}) =>
  cliProvider({ name: 'cli', command: 'sh', args: ['-c', script], cwd: dir, spawn: agentSpawn(world), world, ...more })

/** Whether a process runs; a zombie, which nobody here reaps, does not. */
function runs(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return !/\) [ZX] /.test(stat)
  } catch {
    return false
  }
}

const numberIn = async (file: string): Promise<number> => {
  for (;;) {
    try {
      const text = readFileSync(join(dir, file), 'utf8')
      if (text.endsWith('\n')) return Number(text)
    } catch {}
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('an agent of the command line', () => {
  test('is told the conversation on stdin, and answers on stdout', async () => {
    const outcome = await run(agent('cat'))
    const said = '[model:m-1]\n\nBe brief.\n\nHello?\n'
    expect(textOf(outcome.events)).toBe(said)
    expect(outcome.finished).toEqual({ type: 'finished', reason: 'stop', parts: [{ type: 'text', text: said }] })
  })

  test('gets its arguments as they are, and no environment but what it is given', async () => {
    const args = ['-c', 'printf "%s|%s|%s" "$1" "$MINE" "$HOME"', 'sh', 'a b; $(c)']
    const outcome = await run(agent('', { args, env: { MINE: 'yes', PATH: '/usr/bin:/bin' } }))
    expect(textOf(outcome.events)).toBe('a b; $(c)|yes|')
  })

  test('streams, and never half a character', async () => {
    const outcome = await run(agent('printf "a\\303"; read -r x; printf "\\274b"; cat >/dev/null'))
    expect(textOf(outcome.events)).toBe('aüb')
    expect(outcome.events.length).toBeGreaterThan(1)
  })

  test('that reads nothing of a long prompt can still answer', async () => {
    const messages: readonly Message[] = [{ role: 'user', parts: [{ type: 'text', text: 'x'.repeat(1_000_000) }] }]
    const provider = agent('exec 0<&-; echo hi; while [ ! -e heard ]; do :; done')
    const events: ModelEvent[] = []
    for await (const event of provider.generate({ ...ASK, messages }, { signal: new AbortController().signal })) {
      events.push(event)
      // The pipe breaks now, while the program still runs.
      for (let n = 0; n < 100; n++) await new Promise((resolve) => setImmediate(resolve))
      await writeFile(join(dir, 'heard'), '')
    }
    expect(textOf(events)).toBe('hi\n')
  })

  test.each([
    [
      'echo half; echo "no key: sk-abcdefghijkl" >&2; exit 3',
      'provider_error',
      /^cli \(sh\) ended with code 3: no key: \*\*\*$/,
    ],
    ['kill -9 $$', 'provider_error', /^cli \(sh\) was ended by SIGKILL\.$/],
  ])('that fails is a fault: %s', async (script, code, message) => {
    const { fault } = await run(agent(script))
    expect(fault).toMatchObject({ code, retry: 'never' })
    expect(fault?.message).toMatch(message)
    expect(fault?.mend).toBeTruthy()
  })

  test('that is not there is unavailable, with the mend', async () => {
    const { fault } = await run(agent('', { command: 'nacre-no-such-agent' }))
    expect(fault).toMatchObject({ code: 'unavailable', mend: expect.stringContaining('installed') })
    expect((await run(agent('', { cwd: join(dir, 'missing') }))).fault?.code).toBe('unavailable')
  })

  test('that takes too long is ended with all that it started', async () => {
    const slow = fakeWorld()
    const script = 'sleep 1000 & echo $! >timeout.child; echo $$ >timeout.leader; wait'
    const running = run(agent(script, { world: slow, clocks: { totalMs: 5000 } }))
    const pids = [await numberIn('timeout.child'), await numberIn('timeout.leader')]
    expect(pids.map(runs)).toEqual([true, true])
    await slow.advance(5000)
    expect((await running).fault).toMatchObject({ code: 'timeout', message: expect.stringContaining('totalMs') })
    expect(runs(pids[1] ?? 0)).toBe(false)
    while (runs(pids[0] ?? 0)) await new Promise((resolve) => setImmediate(resolve))
  })

  test('that will not hear is ended all the same, when it is cancelled', async () => {
    const stop = new AbortController()
    const impatient = { sleep: async () => {} }
    const script = 'trap "" TERM; echo $$ >cancel.leader; while :; do sleep 1000; done'
    const running = run(agent(script, { spawn: agentSpawn(impatient) }), ASK, stop.signal)
    const leader = await numberIn('cancel.leader')
    stop.abort()
    expect((await running).fault?.code).toBe('cancelled')
    expect(runs(leader)).toBe(false)
  })

  test('is not begun by a call that was cancelled before', async () => {
    const spawn: CliOptions['spawn'] = () => Promise.reject(new Error('begun'))
    expect((await run(agent('', { spawn }), ASK, AbortSignal.abort())).fault?.code).toBe('cancelled')
  })

  test('is ended when nobody listens any more', async () => {
    const provider = agent('echo $$; sleep 1000')
    let leader = 0
    for await (const event of provider.generate(ASK, { signal: new AbortController().signal })) {
      leader = event.type === 'text' ? Number(event.text) : 0
      break
    }
    expect(leader).toBeGreaterThan(0)
    expect(runs(leader)).toBe(false)
  })

  test('may leave something behind that holds its output, which is ended and not waited for', async () => {
    const outcome = await run(agent('sleep 1000 & echo $!'))
    const left = Number(textOf(outcome.events))
    expect(outcome.finished?.reason).toBe('stop')
    while (runs(left)) await new Promise((resolve) => setImmediate(resolve))
  })

  test('that writes without end is stopped', async () => {
    expect((await run(agent('exec yes'))).fault?.message).toContain('does not stop writing')
  })

  test('dies with the program that asked it, even by kill -9', async () => {
    const code = `import { agentSpawn, cliProvider } from '@nacre/providers'
      const world = { now: () => 0, sleep: () => new Promise(() => {}), id: () => 'x', random: () => 0 }
      const provider = cliProvider({ name: 'cli', command: 'sh', args: ['-c', 'echo $$ >orphan.leader; sleep 1000'],
        cwd: ${JSON.stringify(dir)}, spawn: agentSpawn(world), world })
      for await (const _ of provider.generate({ model: 'm', system: '', messages: [], tools: [] }, { signal: new AbortController().signal }));`
    const cwd = fileURLToPath(new URL('..', import.meta.url))
    const parent = execFile(process.execPath, ['--input-type=module', '--eval', code], { cwd })
    const leader = await numberIn('orphan.leader')
    expect(runs(leader)).toBe(true)
    parent.kill('SIGKILL')
    while (runs(leader)) await new Promise((resolve) => setImmediate(resolve))
  })

  test('cannot be shown pictures', async () => {
    const png = { type: 'media', mediaType: 'image/png', data: '' } as const
    const request: GenerateRequest = { ...ASK, messages: [{ role: 'user', parts: [png] }] }
    expect((await run(agent('cat'), request)).fault?.code).toBe('unsupported')
  })
})

test('a conversation is told as who said what', () => {
  const messages: readonly Message[] = [
    { role: 'user', parts: [{ type: 'text', text: 'Add.' }] },
    {
      role: 'assistant',
      parts: [
        { type: 'reasoning', text: 'Hm' },
        { type: 'text', text: 'Adding.' },
        { type: 'call', call: callId('c'), name: 'add', argsText: '{}' },
      ],
    },
    {
      role: 'tool',
      results: [
        { call: callId('c'), name: 'add', parts: [{ type: 'text', text: '3' }], isError: false },
        { call: callId('d'), name: 'sub', parts: [{ type: 'text', text: 'no' }], isError: true },
      ],
    },
  ]
  const form = { name: 'r', schema: { type: 'object' } }
  expect(promptText({ ...ASK, model: '', messages, responseFormat: form })).toBe(
    'Be brief.\n\nUser: Add.\n\nAssistant: Adding.\n\nadd gave: 3\n\nsub failed: no\n\nAnswer with one JSON value of this JSON Schema, and nothing else:\n{"type":"object"}\n',
  )
})
