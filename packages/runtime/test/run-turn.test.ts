import { scriptedAnswer, scriptedProvider } from '@nacre/providers/testing'
import { answerOf, collect, withInput } from '@nacre/runtime'
import { type Call, fold, type NewSessionEvent } from '@nacre/session'
import { echoTool, hangingTool, recordingTool } from '@nacre/tool/testing'
import { Fault } from '@nacre/types'
import { describe, expect, test } from 'vitest'
import { agentOf, memoryBlobs, readAll, resolvedBy, turnOf, types, world } from './support.js'

const cut = new Fault('stream_cut', 'the line broke', { retry: 'now' })

describe('a turn', () => {
  test('goes from input over tools to an answer, and the next one remembers it', async () => {
    using provider = scriptedProvider([
      scriptedAnswer('Looking.', [{ name: 'echo', args: { text: 'a calm sea' } }]),
      scriptedAnswer('It is calm.'),
      scriptedAnswer('You asked about the sea.'),
    ])
    const agent = agentOf(provider, [echoTool()])
    const first = await collect(turnOf(agent, 'How is the sea?'))
    expect(first.text).toBe('It is calm.')
    expect(types(first.events)).toEqual([
      'turn.started',
      'prefix.set',
      'step.started',
      'step.finished',
      'tool.started',
      'tool.finished',
      'step.started',
      'step.finished',
      'turn.finished',
    ])
    const second = await collect(turnOf(agent, withInput('What did I ask?', world, first.end.state)))
    expect(second.text).toBe('You asked about the sea.')
    expect(types(second.events)).not.toContain('prefix.set')
    expect(provider.requests[2]?.messages.map((message) => message.role)).toEqual([
      'user',
      'assistant',
      'tool',
      'assistant',
      'user',
    ])
  })

  test('yields what must be on disk before an effect, before the effect', async () => {
    const tool = recordingTool()
    const provider = scriptedProvider([scriptedAnswer('', [{ name: 'record', args: { note: 'x' } }])])
    const turn = turnOf(agentOf(provider, [tool]), 'go')
    for await (const item of turn) {
      if (item.type === 'record' && types(item.events).includes('tool.started')) break
    }
    expect(tool.calls).toEqual([])
  })

  test('runs neighbouring pure calls side by side, and others in their order', async () => {
    const order: string[] = []
    const gate = Promise.withResolvers<void>()
    const look = {
      ...echoTool('look'),
      run: async (value: unknown) => {
        order.push('look')
        if (order.length === 2) gate.resolve()
        await gate.promise // Hangs for ever unless both run at once.
        return JSON.stringify(value)
      },
    }
    const act = { ...recordingTool(), run: async () => `act ${order.push('act')}` }
    const calls = [
      { name: 'look', args: { text: '1' } },
      { name: 'look', args: { text: '2' } },
      { name: 'record', args: { note: '3' } },
    ]
    using provider = scriptedProvider([scriptedAnswer('', calls), scriptedAnswer('ok')])
    const { end } = await collect(turnOf(agentOf(provider, [look, act]), 'go'))
    expect(order).toEqual(['look', 'look', 'act'])
    expect(end).toMatchObject({ type: 'finished', outcome: 'completed' })
  })

  test('an unknown tool, broken arguments and a policy that denies are results, not failures', async () => {
    const tool = recordingTool()
    using provider = scriptedProvider([
      scriptedAnswer('', [
        { name: 'recrod', args: {} },
        { name: 'record', args: '{"note": ' },
        { name: 'record', args: { note: 'no' } },
      ]),
      scriptedAnswer('I see.'),
    ])
    const policy = { 'read-only': 'allow', 'side-effecting': 'deny', privileged: 'deny' } as const
    const { text } = await collect(turnOf(agentOf(provider, [tool], { policy }), 'go'))
    expect(text).toBe('I see.')
    expect(tool.calls).toEqual([])
    const results = provider.requests[1]?.messages.at(-1)
    expect(results).toMatchObject({ role: 'tool', results: [{ isError: true }, { isError: true }, { isError: true }] })
  })
})

describe('an approval', () => {
  const ask = { 'read-only': 'allow', 'side-effecting': 'ask', privileged: 'ask' } as const
  const resolve = (call: Call | undefined, verdict: 'approved' | 'denied', more: object = {}) =>
    ({ ...resolvedBy(call, verdict), ...more }) as never

  test('makes the turn return waiting; from the fold the same turn goes on with what was decided', async () => {
    const tool = recordingTool()
    using provider = scriptedProvider([
      scriptedAnswer('', [
        { name: 'record', args: { note: 'first' } },
        { name: 'record', args: { note: 'second' } },
      ]),
      scriptedAnswer('One of two.'),
    ])
    const agent = agentOf(provider, [tool], { policy: ask })
    const { end, events } = await readAll(turnOf(agent, 'go'))
    expect(end.type).toBe('waiting')
    expect(types(events).filter((type) => type === 'approval.requested')).toHaveLength(2)
    const [first, second] = end.state.open?.steps[0]?.calls ?? []
    const decided = fold([resolve(second, 'denied'), resolve(first, 'approved')], end.state)
    const rest = await collect(turnOf(agent, decided))
    expect(rest.text).toBe('One of two.')
    expect(tool.calls).toEqual(['first'])
  })
})

test('a vendor that pauses in the middle of its own tools gets back what it said, and goes on', async () => {
  const part = { type: 'server', name: 'web_search', extra: { from: 'test' } } as const
  using provider = scriptedProvider([
    [{ type: 'finished', reason: 'pause', parts: [part], usage: { inputTokens: 1, outputTokens: 1 } }],
    scriptedAnswer('Found it.'),
  ])
  const { text } = await collect(turnOf(agentOf(provider), 'search'))
  expect(text).toBe('Found it.')
  expect(provider.requests[1]?.messages.at(-1)).toEqual({ role: 'assistant', parts: [part] })
})

test('a call whose arguments are not the ones that were approved does not run', async () => {
  const tool = recordingTool()
  using provider = scriptedProvider([
    scriptedAnswer('', [{ name: 'record', args: { note: 'x' } }]),
    scriptedAnswer('I see.'),
  ])
  const ask = { 'read-only': 'allow', 'side-effecting': 'ask', privileged: 'ask' } as const
  const agent = agentOf(provider, [tool], { policy: ask })
  const { end } = await readAll(turnOf(agent, 'go'))
  const call = end.state.open?.steps[0]?.calls[0]
  const approved = fold([resolvedBy(call, 'approved')], end.state)
  const changed = JSON.parse(JSON.stringify(approved.open).replaceAll('\\"x\\"', '\\"y\\"')) as typeof approved.open
  await collect(turnOf(agent, { ...approved, ...(changed && { open: changed }) }))
  expect(tool.calls).toEqual([])
  expect(JSON.stringify(provider.requests[1]?.messages.at(-1))).toContain('not the ones that were approved')
})

describe('a model that breaks off', () => {
  test('is asked again under a new step, and what it had said is withdrawn', async () => {
    using provider = scriptedProvider([
      { fault: cut, after: [{ type: 'text', text: 'Half an ans' }] },
      scriptedAnswer('A whole answer.'),
    ])
    const { events, items, end } = await readAll(turnOf(agentOf(provider), 'go'))
    const steps = events.flatMap((event) =>
      event.type === 'step.finished' ? [[event.step.split('.')[1], event.outcome]] : [],
    )
    expect(steps).toEqual([
      ['1', 'interrupted'],
      ['2', 'completed'],
    ])
    expect(answerOf(end.state)).toBe('A whole answer.')
    expect(items.filter((item) => item.type === 'text.delta')[0]).toMatchObject({ offset: 0, text: 'Half an ans' })
  })

  test('three times in a row fails the turn with its reason', async () => {
    using provider = scriptedProvider([{ fault: cut }, { fault: cut }, { fault: cut }])
    const { events } = await readAll(turnOf(agentOf(provider), 'go'))
    expect(events.at(-1)).toMatchObject({ type: 'turn.finished', outcome: 'failed', fault: { code: 'stream_cut' } })
  })

  test('and one that refuses fails the turn at once', async () => {
    const refused = new Fault('unauthenticated', 'no key', { mend: 'set one' })
    using provider = scriptedProvider([{ fault: refused }])
    const { events } = await readAll(turnOf(agentOf(provider), 'go'))
    expect(events.at(-1)).toMatchObject({ outcome: 'failed', fault: { code: 'unauthenticated', mend: 'set one' } })
  })
})

describe('cancelling', () => {
  test('in the middle of an answer keeps the partial text', async () => {
    const cancel = new AbortController()
    const provider = scriptedProvider([
      async function* () {
        yield { type: 'text', text: 'Once upon' } as const
        await new Promise(() => undefined) // A model that hangs and ignores its signal.
      },
    ])
    const turn = turnOf(agentOf(provider), 'go', cancel.signal)
    const events: NewSessionEvent[] = []
    for (let next = await turn.next(); !next.done; next = await turn.next()) {
      if (next.value.type === 'record') events.push(...next.value.events)
      if (next.value.type === 'text.delta') cancel.abort()
    }
    expect(events.at(-2)).toMatchObject({ type: 'step.finished', outcome: 'cancelled', parts: [{ text: 'Once upon' }] })
    expect(events.at(-1)).toMatchObject({ type: 'turn.finished', outcome: 'cancelled' })
  })

  test('while a tool runs closes the call as interrupted', async () => {
    const cancel = new AbortController()
    const tool = hangingTool()
    using provider = scriptedProvider([scriptedAnswer('', [{ name: 'hang', args: {} }])])
    void tool.begun.then(() => cancel.abort())
    const { events } = await readAll(turnOf(agentOf(provider, [tool]), 'go', cancel.signal))
    expect(events.slice(-2)).toMatchObject([
      { type: 'tool.finished', outcome: 'interrupted' },
      { type: 'turn.finished', outcome: 'cancelled' },
    ])
  })

  test('break abandons: the tool is aborted and awaited, and nothing more is recorded', async () => {
    let ended = false
    const begun = Promise.withResolvers<void>()
    const tool = {
      ...echoTool('slow'),
      run: async (_: unknown, context: Parameters<ReturnType<typeof echoTool>['run']>[1]) => {
        context.progress('stdout', 'working')
        begun.resolve()
        await new Promise((resolve) => context.signal.addEventListener('abort', resolve, { once: true }))
        ended = true
        return 'late'
      },
    }
    using provider = scriptedProvider([scriptedAnswer('', [{ name: 'slow', args: { text: '' } }])])
    for await (const item of turnOf(agentOf(provider, [tool]), 'go')) {
      if (item.type === 'tool.progress') break
    }
    expect(ended).toBe(true)
  })
})

describe('limits', () => {
  test('the same failing call four times in a row ends the turn with its reason; a changed one goes on', async () => {
    const call = (note: unknown) => scriptedAnswer('', [{ name: 'record', args: { note } }])
    using stuck = scriptedProvider([call(1), call(1), call(1), call(1)])
    const { events } = await readAll(turnOf(agentOf(stuck, [recordingTool()]), 'go'))
    expect(events.at(-1)).toMatchObject({ outcome: 'failed', fault: { message: expect.stringContaining('record') } })
    using trying = scriptedProvider([call(1), call(1), call(1), call(2), call(1), scriptedAnswer('I give up.')])
    expect((await collect(turnOf(agentOf(trying, [recordingTool()]), 'go'))).text).toBe('I give up.')
  })

  test('when the steps are spent one last step without tools wraps up', async () => {
    const look = { name: 'echo', args: { text: 'again' } }
    using provider = scriptedProvider([
      scriptedAnswer('', [look]),
      scriptedAnswer('', [look]),
      scriptedAnswer('That is all I got.'),
    ])
    const { end, text } = await collect(turnOf(agentOf(provider, [echoTool()], { limits: { maxSteps: 2 } }), 'go'))
    expect(text).toBe('That is all I got.')
    expect(end).toMatchObject({ outcome: 'budget_exceeded' })
    expect(provider.requests.map((request) => request.toolChoice)).toEqual([undefined, undefined, 'none'])
  })

  test('a model that calls a tool in its last step gets it refused', async () => {
    const tool = recordingTool()
    const call = scriptedAnswer('', [{ name: 'record', args: { note: 'x' } }])
    using provider = scriptedProvider([call, call])
    const { end } = await collect(turnOf(agentOf(provider, [tool], { limits: { maxSteps: 1 } }), 'go'))
    expect(end).toMatchObject({ outcome: 'budget_exceeded' })
    expect(tool.calls).toEqual(['x'])
  })

  test('more calls in one answer than anybody could mean fail the turn; the most that are allowed do not block', async () => {
    const calls = (count: number) =>
      scriptedAnswer(
        '',
        Array.from({ length: count }, () => ({ name: 'record', args: { note: 'x' } })),
      )
    const policy = { 'read-only': 'allow', 'side-effecting': 'deny', privileged: 'deny' } as const
    using many = scriptedProvider([calls(129)])
    expect((await readAll(turnOf(agentOf(many, [recordingTool()], { policy }), 'go'))).events.at(-1)).toMatchObject({
      outcome: 'failed',
    })
    using most = scriptedProvider([calls(128), scriptedAnswer('All refused.')])
    expect((await collect(turnOf(agentOf(most, [recordingTool()], { policy }), 'go'))).text).toBe('All refused.')
  })

  test('results of any script fit into appends, and a name of any length does not stop a turn', async () => {
    const look = { ...echoTool('look'), run: async () => '海'.repeat(5000) }
    const calls = Array.from({ length: 16 }, () => ({ name: 'look', args: { text: '' } }))
    using provider = scriptedProvider([
      scriptedAnswer('', calls),
      scriptedAnswer('', [{ name: 'n'.repeat(140_000), args: {} }]),
      scriptedAnswer('ok'),
    ])
    const { items, end } = await readAll(turnOf(agentOf(provider, [look]), 'go'))
    expect(end).toMatchObject({ outcome: 'completed' })
    for (const item of items)
      if (item.type === 'record') expect(Buffer.byteLength(JSON.stringify(item.events))).toBeLessThan(256 * 1024)
  })

  test('an answer that does not fit is cut on a character and says so', async () => {
    using provider = scriptedProvider([scriptedAnswer('🌊'.repeat(60_000))])
    const { end, text, events } = await collect(turnOf(agentOf(provider), 'go'))
    expect(end).toMatchObject({ outcome: 'completed' })
    expect(text.isWellFormed()).toBe(true)
    expect(text).toContain('was cut here')
    expect(Buffer.byteLength(JSON.stringify(events))).toBeLessThan(256 * 1024)
  })

  test('a turn keeps the prompt that it was opened with, whatever is configured now', async () => {
    const blobs = memoryBlobs()
    const ask = { 'read-only': 'ask', 'side-effecting': 'ask', privileged: 'ask' } as const
    using provider = scriptedProvider([
      scriptedAnswer('', [{ name: 'echo', args: { text: 'x' } }]),
      scriptedAnswer('ok'),
      scriptedAnswer('hi'),
    ])
    const before = agentOf(provider, [echoTool()], { policy: ask, prompt: 'Old prompt.' })
    const after = agentOf(provider, [echoTool()], { policy: ask, prompt: 'New prompt.' })
    const { end } = await readAll(turnOf(before, 'go', undefined, blobs))
    const approved = resolvedBy(end.state.open?.steps[0]?.calls[0], 'approved')
    const rest = await readAll(turnOf(after, fold([approved], end.state), undefined, blobs))
    expect(provider.requests[1]?.system).toBe('Old prompt.')
    await readAll(turnOf(after, withInput('again', world, rest.end.state), undefined, blobs))
    expect(provider.requests[2]?.system).toBe('New prompt.')
  })
})
