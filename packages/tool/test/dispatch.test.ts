import { fakeWorld } from '@nacre/kit/testing'
import {
  createRegistry,
  DEFAULT_POLICY,
  defineTool,
  judge,
  type Outcome,
  type Policy,
  prepare,
  runTool,
  type Tool,
  type ToolContext,
  type ToolResult,
} from '@nacre/tool'
import { echoTool, hangingTool, recordingTool, testContext } from '@nacre/tool/testing'
import { type Blobs, blobHash, Fault } from '@nacre/types'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'

function memoryBlobs(): Blobs & { stored: Uint8Array[] } {
  const stored: Uint8Array[] = []
  return {
    stored,
    put: async (bytes) => blobHash(String(stored.push(bytes)).padStart(64, '0')),
    get: async () => undefined,
    drop: async () => undefined,
  }
}

const running = (run: (context: ToolContext) => Promise<ToolResult | string>, timeoutMs = 60_000): Tool =>
  defineTool({
    name: 'run',
    description: 'Runs.',
    input: z.object({}),
    safety: 'privileged',
    replay: 'never',
    timeoutMs,
    run: (_, context) => run(context),
  })

function start(tool: Tool, options: { signal?: AbortSignal; blobs?: Blobs; progress?: ToolContext['progress'] } = {}) {
  const world = fakeWorld()
  const { blobs = memoryBlobs(), ...context } = options
  const outcome = runTool({ type: 'ready', tool, value: {}, args: {} }, testContext(context), { blobs, world }).then(
    ended,
  )
  return { world, outcome }
}
type Ended = Exclude<Outcome, { outcome: 'asking' }>
function ended(outcome: Outcome): Ended {
  if (outcome.outcome === 'asking') throw new Error('it asks')
  return outcome
}
const words = ({ parts }: Ended | ToolResult) =>
  parts.map((part) => (part.type === 'text' ? part.text : part.preview)).join('\n')
const bytesOf = (text: string) => new TextEncoder().encode(text).length

describe('preparing a call', () => {
  const recorder = recordingTool()
  const registry = createRegistry([echoTool(), recorder, echoTool('file_read'), echoTool('file_write')])
  const told = (name: string, argsText: string) => {
    const prepared = prepare(registry, { name, argsText })
    if (prepared.type === 'ready') throw new Error('it was not refused')
    expect(prepared.result.isError).toBe(true)
    return words(prepared.result)
  }

  it('gives the tool, the checked value and the arguments to record', () => {
    const prepared = prepare(registry, { name: 'echo', argsText: '{"text":"hi"}' })
    expect(prepared).toMatchObject({ type: 'ready', value: { text: 'hi' }, args: { text: 'hi' } })
  })

  it('takes blank arguments as none', () => {
    const none = createRegistry([hangingTool()])
    expect(prepare(none, { name: 'hang', argsText: ' \n' })).toMatchObject({ type: 'ready', args: {} })
  })

  it('names the nearest tools for one that is not there', () => {
    expect(told('file_raed', '{}')).toBe('There is no tool "file_raed". Did you mean file_read?')
    expect(told('File_Write', '{}')).toMatch(/Did you mean file_write/)
    expect(told('browser', '{}')).toBe('There is no tool "browser". There are: echo, record, file_read, file_write.')
    const none = prepare(createRegistry([]), { name: 'x', argsText: '' })
    expect(none).toMatchObject({
      result: { parts: [{ text: 'There is no tool "x". There are no tools in this session.' }] },
    })
  })

  it('says where arguments stop being JSON, and what they are if not an object', () => {
    expect(told('echo', '{"text": "a"')).toMatch(/^The arguments of echo are not a JSON object: .*position 12/)
    expect(told('echo', '[1]')).toMatch(/they are an array\. It did not run\.$/)
    expect(told('echo', 'null')).toMatch(/they are null/)
    expect(told('echo', '"text"')).toMatch(/they are a string/)
  })

  it('says which argument, what was expected and what came', () => {
    expect(told('echo', '{"txt":1}')).toBe(
      'The arguments of echo were refused, and it did not run:\n- text: expected string, got nothing\n- "txt" is not an argument, did you mean "text"?',
    )
  })

  it('refuses what is nested too deep to check instead of falling over', () => {
    const any = defineTool({
      name: 'any',
      description: 'Any.',
      input: z.object({ any: z.json() }),
      safety: 'read-only',
      replay: 'pure',
      run: async () => '',
    })
    const deep = `{"any":${'['.repeat(50_000)}${']'.repeat(50_000)}}`
    const prepared = prepare(createRegistry([any]), { name: 'any', argsText: deep })
    expect(prepared).toMatchObject({
      type: 'refused',
      result: { parts: [{ text: expect.stringMatching(/could not be checked/) }] },
    })
  })

  it('never throws and runs nothing, whatever the model says', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.constant('echo'), fc.constant('record'), fc.string()),
        fc.oneof(fc.json(), fc.string()),
        (name, argsText) => {
          expect(['ready', 'refused']).toContain(prepare(registry, { name, argsText }).type)
        },
      ),
    )
    expect(recorder.calls).toEqual([])
  })
})

describe('judging a call', () => {
  it('goes by the safety class', () => {
    expect(judge(DEFAULT_POLICY, echoTool())).toBe('allow')
    expect(judge(DEFAULT_POLICY, recordingTool())).toBe('allow')
    expect(judge(DEFAULT_POLICY, recordingTool({ safety: 'privileged' }))).toBe('ask')
    const strict: Policy = { ...DEFAULT_POLICY, 'side-effecting': 'deny' }
    expect(judge(strict, recordingTool())).toBe('deny')
  })
})

describe('running a call', () => {
  it('returns what the tool returned', async () => {
    expect(await start(running(async () => 'done')).outcome).toEqual({
      outcome: 'ok',
      parts: [{ type: 'text', text: 'done' }],
    })
    const failed = start(running(async () => ({ parts: [{ type: 'text', text: 'no' }], isError: true })))
    expect(await failed.outcome).toEqual({ outcome: 'error', parts: [{ type: 'text', text: 'no' }] })
  })

  it('gives a Fault its message and mend, and a foreign error its message without the stack', async () => {
    const fault = start(
      running(async () =>
        Promise.reject(
          new Fault('not_found', 'no such file: /shared/a', { mend: 'List it first', cause: new Error('/host/path') }),
        ),
      ),
    )
    expect(await fault.outcome).toEqual({
      outcome: 'error',
      parts: [{ type: 'text', text: 'no such file: /shared/a\nList it first' }],
    })

    const foreign = words(
      await start(running(async () => Promise.reject(new TypeError('x is not a function')))).outcome,
    )
    expect(foreign).toBe('The tool failed: x is not a function')
    const synchronous = start(
      running(() => {
        throw new Error('at once')
      }),
    )
    expect(words(await synchronous.outcome)).toBe('The tool failed: at once')
    expect(words(await start(running(async () => Promise.reject(null))).outcome)).toBe('The tool failed.')
  })

  it('does not begin when the signal has aborted already', async () => {
    const tool = recordingTool()
    const { outcome } = start(tool, { signal: AbortSignal.abort() })
    expect(await outcome).toEqual({
      outcome: 'interrupted',
      parts: [{ type: 'text', text: 'Cancelled before it began.' }],
    })
    expect(tool.calls).toEqual([])
  })

  it('ends as interrupted when a cancelled tool ends', async () => {
    const cancel = new AbortController()
    const tool = hangingTool()
    const { outcome } = start(tool, { signal: cancel.signal })
    await tool.begun
    cancel.abort()
    expect(await outcome).toEqual({ outcome: 'interrupted', parts: [{ type: 'text', text: 'Cancelled.' }] })
  })

  it('keeps the partial result of a cancelled tool', async () => {
    const cancel = new AbortController()
    const { outcome } = start(
      running(async ({ signal }) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        return { parts: [{ type: 'text', text: 'half of it' }], isError: true }
      }),
      { signal: cancel.signal },
    )
    cancel.abort()
    expect(words(await outcome)).toBe('Cancelled.\nhalf of it')
  })

  it('counts a tool that finished in spite of the cancel as finished', async () => {
    const cancel = new AbortController()
    const { promise, resolve } = Promise.withResolvers<string>()
    const { outcome } = start(
      running(() => promise),
      { signal: cancel.signal },
    )
    cancel.abort()
    resolve('written')
    expect(await outcome).toEqual({ outcome: 'ok', parts: [{ type: 'text', text: 'written' }] })
  })

  it('goes on after two seconds without a cancelled tool that does not end', async () => {
    const cancel = new AbortController()
    const { outcome, world } = start(
      running(() => new Promise(() => undefined)),
      { signal: cancel.signal },
    )
    cancel.abort()
    await expect.poll(() => world.sleeping).toBe(2)
    await world.advance(1_999)
    expect(await Promise.race([outcome, Promise.resolve('still waiting')])).toBe('still waiting')
    await world.advance(1)
    expect(await outcome).toMatchObject({
      outcome: 'interrupted',
      parts: [{ text: expect.stringMatching(/effect is unknown/) }],
    })
  })

  it('stops a tool at its deadline and says so', async () => {
    const { outcome, world } = start({ ...hangingTool(), timeoutMs: 5_000 })
    await world.advance(5_000)
    expect(await outcome).toEqual({ outcome: 'error', parts: [{ type: 'text', text: 'Stopped after 5 s.' }] })
  })

  it('goes on without a tool that ignores its deadline', async () => {
    const { outcome, world } = start(running(() => new Promise(() => undefined), 5_000))
    await world.advance(5_000)
    await world.advance(2_000)
    expect(await outcome).toMatchObject({
      outcome: 'error',
      parts: [{ text: expect.stringMatching(/^Stopped after 5 s\. It did not end in time/) }],
    })
  })

  it('leaves no timer behind when a tool ends by itself', async () => {
    const { outcome, world } = start(running(async () => 'done'))
    await outcome
    expect(world.sleeping).toBe(0)
  })

  it('passes progress on while the call runs and drops what comes later', async () => {
    const seen: string[] = []
    let keep: ToolContext['progress'] = () => undefined
    const tool = running(async ({ progress }) => {
      keep = progress
      progress('stdout', 'early')
      return ''
    })
    await start(tool, { progress: (stream, text) => seen.push(`${stream}:${text}`) }).outcome
    keep('stdout', 'late')
    expect(seen).toEqual(['stdout:early'])
  })
})

describe('bounding a result', () => {
  it('keeps 16 KiB as they are', async () => {
    const blobs = memoryBlobs()
    const text = 'a'.repeat(16 * 1024)
    expect(
      await start(
        running(async () => text),
        { blobs },
      ).outcome,
    ).toEqual({ outcome: 'ok', parts: [{ type: 'text', text }] })
    expect(blobs.stored).toEqual([])
  })

  it('puts more than that aside whole, and previews its head and tail with whole characters', async () => {
    const blobs = memoryBlobs()
    const whole = `x${'🐚'.repeat(5_000)}end`
    const { parts } = await start(
      running(async () => whole),
      { blobs },
    ).outcome
    expect(parts).toMatchObject([{ type: 'blob', mediaType: 'text/plain', sizeBytes: 20_004 }])
    expect(new TextDecoder().decode(blobs.stored[0])).toBe(whole)
    const preview = words({ parts, isError: false })
    expect(preview).toMatch(/^x🐚+\n\[\.\.\. \d+ bytes left out \.\.\.\]\n🐚+end$/u)
    expect(bytesOf(preview)).toBeLessThanOrEqual(16 * 1024)
  })

  it('says that the full text could not be kept when the disk is full', async () => {
    const full: Blobs = { ...memoryBlobs(), put: () => Promise.reject(new Fault('storage_full', 'full')) }
    const { outcome, parts } = await start(
      running(async () => 'a'.repeat(20_000)),
      { blobs: full },
    ).outcome
    const text = words({ parts, isError: false })
    expect(outcome).toBe('ok')
    expect(text).toMatch(/\[the full text could not be kept\]$/)
    expect(bytesOf(text)).toBeLessThanOrEqual(16 * 1024)
  })

  it('counts the text of all parts together, and bounds their number and previews', async () => {
    const part = { type: 'text', text: 'a'.repeat(2_000) } as const
    const together = await start(running(async () => ({ parts: Array(10).fill(part), isError: false }))).outcome
    expect(together.parts).toMatchObject([{ type: 'blob', sizeBytes: 20_009 }])

    const blob = {
      type: 'blob',
      hash: blobHash('0'.repeat(64)),
      mediaType: 'image/png',
      sizeBytes: 9,
      preview: 'p'.repeat(5_000),
    } as const
    const many = await start(running(async () => ({ parts: Array(40).fill(blob), isError: false }))).outcome
    expect(many.parts).toHaveLength(16)
    expect(many.parts.at(-1)).toEqual({ type: 'text', text: '[... 25 more parts left out ...]' })
    expect(bytesOf(words(many))).toBeLessThan(16 * 1_100)
  })

  it('says that there was no output, and never passes half a character on', async () => {
    expect(words(await start(running(async () => '')).outcome)).toBe('(no output)')
    expect(words(await start(running(async () => ({ parts: [], isError: false }))).outcome)).toBe('(no output)')
    expect(words(await start(running(async () => 'a\ud83d')).outcome)).toBe('a\ufffd')
  })
})
