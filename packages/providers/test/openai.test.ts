import { describe, expect, test } from 'vitest'
import { bytesFetch, delta, partsOf, run, speaking, sse, textOf } from './support.js'

/** What servers that speak Chat Completions do beside what is written. */

const ask = (...chunks: readonly unknown[]) => run(speaking('openai-chat', bytesFetch(sse(...chunks))))
const calls = (...tool_calls: unknown[]) => delta({ tool_calls })
const fn = (name: string | undefined, args: unknown, more: object = {}) => ({
  ...more,
  function: { name, arguments: args },
})
const simple = (outcome: Awaited<ReturnType<typeof ask>>) =>
  partsOf(outcome, 'call').map(({ name, argsText }) => [name, argsText])
const stop = delta({}, 'stop')

describe('tool calls', () => {
  test('without index are told apart by their ids and names', async () => {
    const outcome = await ask(
      calls(fn('a', '{"x"', { id: '1' })),
      calls(fn(undefined, ':1}')),
      calls(fn('b', '{}', { id: '2' })),
      calls(fn('a', '{"x":2}')),
      stop,
    )
    expect(simple(outcome)).toEqual([
      ['a', '{"x":1}'],
      ['b', '{}'],
      ['a', '{"x":2}'],
    ])
    expect(outcome.finished?.reason).toBe('tool_calls')
  })

  test('that all have index 0 are told apart by their ids', async () => {
    const outcome = await ask(
      calls(fn('a', '{"x":1}', { index: 0, id: '1' })),
      calls(fn('a', '{"x":2}', { index: 0, id: '2' })),
      calls(fn('b', '', { index: 0 })),
      calls(fn(undefined, '{"y":3}', { index: 0 })),
      stop,
    )
    expect(simple(outcome)).toEqual([
      ['a', '{"x":1}'],
      ['a', '{"x":2}'],
      ['b', '{"y":3}'],
    ])
  })

  test('whose arguments came glued on index 0 get them back', async () => {
    const outcome = await ask(
      calls(fn('a', '{"x":"}{"}', { index: 0, id: '1' })),
      calls(fn('b', '', { index: 1, id: '2' })),
      calls(fn(undefined, '{"y":2}', { index: 0 })),
      stop,
    )
    expect(simple(outcome)).toEqual([
      ['a', '{"x":"}{"}'],
      ['b', '{"y":2}'],
    ])
  })

  test('glued into one call become two', async () => {
    const outcome = await ask(calls(fn('a', '{"x":1}{"x":2}', { index: 0, id: '1' })), stop)
    expect(simple(outcome)).toEqual([
      ['a', '{"x":1}'],
      ['a', '{"x":2}'],
    ])
    expect(new Set(partsOf(outcome, 'call').map((part) => part.call)).size).toBe(2)
  })

  test('that begin with a forgotten placeholder lose it', async () => {
    expect(
      simple(
        await ask(calls(fn('a', '{}', { index: 0, id: '1' })), calls(fn(undefined, '{"x":1}', { index: 0 })), stop),
      ),
    ).toEqual([['a', '{"x":1}']])
  })

  test('keep arguments that are no JSON as they came', async () => {
    expect(simple(await ask(calls(fn('a', '{"x":', { index: 0, id: '1' })), delta({}, 'length')))).toEqual([
      ['a', '{"x":'],
    ])
  })

  test('may have their name in fragments, or again with every piece', async () => {
    const fragments = await ask(
      calls(fn('get_', '', { index: 0, id: '1' })),
      calls(fn('weather', '{"a":', { index: 0 })),
      calls(fn('', '1}', { index: 0 })),
      stop,
    )
    expect(simple(fragments)).toEqual([['get_weather', '{"a":1}']])
    expect(fragments.events.find((event) => event.type === 'args')).toMatchObject({ name: 'get_weather', index: 0 })
    const again = await ask(
      calls(fn('get', '{"a":', { index: 0, id: '1' })),
      calls(fn('get', '1}', { index: 0, id: '1' })),
      stop,
    )
    expect(simple(again)).toEqual([['get', '{"a":1}']])
  })

  test('may have arguments as an object, an empty id, the same id twice', async () => {
    const outcome = await ask(
      calls(fn('a', { x: 1 }, { index: 0, id: '' })),
      calls(fn('b', '{}', { index: 1, id: 'same' })),
      calls(fn('c', '{}', { index: 2, id: 'same' })),
      stop,
    )
    expect(simple(outcome)).toEqual([
      ['a', '{"x":1}'],
      ['b', '{}'],
      ['c', '{}'],
    ])
    expect(new Set(partsOf(outcome, 'call').map((part) => part.call)).size).toBe(3)
  })

  test('keep Gemini’s thought signature, marked with who gave it', async () => {
    const extra_content = { google: { thought_signature: 'c2ln' } }
    const outcome = await ask(calls({ ...fn('a', '{}', { id: '1' }), extra_content }), stop)
    expect(partsOf(outcome, 'call')[0]?.extra).toEqual({ from: 'vendor', extra_content })
  })

  test('interleaved by index come whole, their pieces numbered', async () => {
    const outcome = await ask(
      calls(fn('a', '', { index: 0, id: '1' }), fn('b', '', { index: 1, id: '2' })),
      calls(fn(undefined, '{"x":"\\u00', { index: 0 })),
      calls(fn(undefined, '{}', { index: 1 })),
      calls(fn(undefined, 'e9"}', { index: 0 })),
      delta({}, 'tool_calls'),
    )
    expect(simple(outcome)).toEqual([
      ['a', '{"x":"\\u00e9"}'],
      ['b', '{}'],
    ])
    expect(outcome.events.filter((event) => event.type === 'args').map((event) => event.index)).toEqual([0, 1, 0])
  })
})

describe('an answer', () => {
  test('that ends without [DONE] is whole, one without finish_reason is cut', async () => {
    expect((await ask(delta({ content: 'Hi' }), stop)).finished?.reason).toBe('stop')
    expect((await ask(delta({ content: 'Hi' }))).fault).toMatchObject({ code: 'stream_cut', retry: 'now' })
    expect((await ask(delta({ content: 'Hi' }), '[DONE]')).finished?.reason).toBe('other')
    expect((await ask('[DONE]')).fault?.code).toBe('stream_cut')
    expect((await ask()).fault?.code).toBe('stream_cut')
  })

  test('ends at [DONE], whatever comes after', async () => {
    const outcome = await ask(delta({ content: 'Hi' }), stop, '[DONE]', delta({ content: 'more' }), 'garbage')
    expect(textOf(outcome.events)).toBe('Hi')
  })

  test('survives BOM, CRLF, comments, empty events and a stream that begins blank', async () => {
    const body = `\n\n\ufeff: keep-alive\r\n\r\nevent: x\r\n\r\ndata:\r\n\r\n${sse(delta({ content: 'Grüße 🙂' }), stop).replaceAll('\n', '\r\n')}`
    for (const cuts of [[], 'bytes'] as const)
      expect(textOf((await run(speaking('openai-chat', bytesFetch(body, { cuts })))).events)).toBe('Grüße 🙂')
  })

  test('takes its usage from the last chunk, without choices', async () => {
    const usage = { prompt_tokens: 7, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 2 } }
    const { finished } = await ask(delta({ content: 'Hi' }), stop, { choices: [], usage }, '[DONE]')
    expect(finished?.usage).toEqual({ inputTokens: 7, outputTokens: 3, cacheReadTokens: 2 })
    expect((await ask(delta({ content: 'Hi' }), stop)).finished).not.toHaveProperty('usage')
  })

  test('is choice 0 only', async () => {
    const other = { choices: [{ index: 1, delta: { content: 'No' }, finish_reason: 'length' }] }
    const outcome = await ask(other, delta({ content: 'Yes' }), other, stop)
    expect([textOf(outcome.events), outcome.finished?.reason]).toEqual(['Yes', 'stop'])
  })

  test('may be a refusal, filtered, or end for reasons unheard of', async () => {
    const refused = await ask(delta({ refusal: 'I will ' }), delta({ refusal: 'not.' }), stop)
    expect([refused.finished?.reason, textOf(refused.events)]).toEqual(['refusal', 'I will not.'])
    expect((await ask(delta({}, 'content_filter'))).finished?.reason).toBe('content_filter')
    expect((await ask(delta({}, 'moon_phase'))).finished?.reason).toBe('other')
    expect((await ask(delta({ content: 'x' }, 'tool_calls'))).finished?.reason).toBe('stop')
  })

  test('never shows half a surrogate pair', async () => {
    const body = sse(delta({ content: 'a\ud83d' }), delta({ content: '\ude42b' }), stop)
    const outcome = await run(speaking('openai-chat', bytesFetch(body, { cuts: 'bytes' })))
    const pieces = outcome.events.flatMap((event) => (event.type === 'text' ? [event.text] : []))
    expect(pieces).toEqual(['a', '🙂b'])
    expect(partsOf(outcome, 'text')).toEqual([{ type: 'text', text: 'a🙂b' }])
  })

  test('is one delta where many arrived together, and as many where they came apart', async () => {
    const body = sse(
      delta({ reasoning: 'Hm' }),
      delta({ reasoning: 'm.' }),
      delta({ content: 'a' }),
      delta({ content: 'b' }),
    )
    const rest = sse(delta({ content: 'c' }), delta({ content: 'd' }), stop, '[DONE]')
    const apart = bytesFetch(body + rest, { cuts: [body.length] })
    const { events } = await run(speaking('openai-chat', apart))
    expect(events.slice(0, -1)).toEqual([
      { type: 'reasoning', text: 'Hmm.' },
      { type: 'text', text: 'ab' },
      { type: 'text', text: 'cd' },
    ])
  })

  test('shows what came before something unreadable, in the same breath', async () => {
    const { events, fault } = await ask(delta({ content: 'a' }), delta({ content: 'b' }), '{"choices":', stop)
    expect(events).toEqual([{ type: 'text', text: 'ab' }])
    expect(fault?.code).toBe('provider_error')
  })

  test('keeps reasoning apart, with the field that it came by', async () => {
    const outcome = await ask(
      delta({ reasoning_content: 'Hm' }),
      delta({ reasoning_content: 'm.' }),
      delta({ content: 'Hi' }),
      stop,
    )
    expect(outcome.finished?.parts).toEqual([
      { type: 'reasoning', text: 'Hmm.', extra: { from: 'vendor', field: 'reasoning_content' } },
      { type: 'text', text: 'Hi' },
    ])
  })

  test('may hold pictures, as OpenRouter gives them', async () => {
    const image = (url: string) => ({ type: 'image_url', image_url: { url } })
    const images = [image('data:image/png;base64,aGk='), image('https://elsewhere.test/a.png'), {}]
    const outcome = await ask(delta({ content: 'See' }), delta({ content: '', images }), stop)
    expect(outcome.finished?.parts).toEqual([
      { type: 'text', text: 'See' },
      { type: 'media', mediaType: 'image/png', data: 'aGk=' },
    ])
  })

  test('joins reasoning details that belong together', async () => {
    const outcome = await ask(
      delta({ reasoning: 'a', reasoning_details: [{ type: 'reasoning.text', text: 'a', index: 0 }] }),
      delta({ reasoning: 'b', reasoning_details: [{ type: 'reasoning.text', text: 'b', index: 0, signature: 's' }] }),
      delta({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'e', index: 1 }] }),
      stop,
    )
    expect(partsOf(outcome, 'reasoning')[0]?.extra?.reasoning_details).toEqual([
      { type: 'reasoning.text', text: 'ab', index: 0, signature: 's' },
      { type: 'reasoning.encrypted', data: 'e', index: 1 },
    ])
  })
})

describe('an error within status 200', () => {
  test.each([
    ['an object in the stream', sse(delta({ content: 'Hi' }), { error: { message: 'boom', code: 502 } })],
    ['a named event', `${sse(delta({ content: 'Hi' }))}event: error\ndata: {"error":"boom"}\n\n`],
    ['a named event without JSON', `${sse(delta({ content: 'Hi' }))}event: error\ndata: boom\n\n`],
    ['within the choice', sse({ choices: [{ index: 0, error: { message: 'boom' } }] })],
    ['a body of JSON', '{"error":{"message":"boom"}}'],
    ['a list, as Gemini has it', '[{"error":{"message":"boom"}}]'],
    ['an event that is no JSON', 'data: boom\n\n'],
  ])('as %s is a provider_error that says it', async (_, body) => {
    const { fault } = await run(speaking('openai-chat', bytesFetch(body)))
    expect(fault?.code).toBe('provider_error')
    expect(fault?.message).toContain('boom')
    expect(fault?.message).toContain('vendor (vendor.test)')
    expect(fault?.mend).toBeTruthy()
  })

  test.each([
    ['a web page', ' <html>hello</html>'],
    ['something that is no event stream', 'hello there\n'],
    ['JSON that is no answer', '{"hello":1}'],
    ['JSON that is no answer', '[1]'],
  ])('as %s is a provider_error that points to the base URL', async (what, body) => {
    const { fault } = await run(speaking('openai-chat', bytesFetch(body)))
    expect(fault).toMatchObject({ code: 'provider_error', retry: 'never' })
    expect(fault?.message).toContain(`answered with ${what}`)
    expect(fault?.mend).toContain('base URL')
  })
})

test('a whole completion in one piece is read as one', async () => {
  const message = { content: 'Hi', reasoning: 'Hm', tool_calls: [fn('a', '{}', { id: '1' })] }
  const body = JSON.stringify({
    choices: [{ message, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1, completion_tokens: 2 },
  })
  const outcome = await run(speaking('openai-chat', bytesFetch(`\n${body}`, { cuts: 'bytes' })))
  expect(outcome.finished?.parts.map((part) => part.type)).toEqual(['reasoning', 'text', 'call'])
  expect(outcome.finished).toMatchObject({ reason: 'tool_calls', usage: { inputTokens: 1, outputTokens: 2 } })
})

test('a body in one piece, an answer and an error are bounded', async () => {
  const chunk = new Uint8Array(8 * 1024 * 1024).fill(0x20)
  chunk[0] = 0x7b
  let pulled = 0
  const flood = async function* () {
    for (pulled = 1; pulled <= 9; pulled++) yield chunk
  }
  const fetch = (status: number) => async () => ({ status, headers: { get: () => undefined }, body: flood() })
  expect((await run(speaking('openai-chat', fetch(200)))).fault?.message).toContain('33554432 bytes')
  expect(pulled).toBe(5)
  expect((await run(speaking('openai-chat', fetch(500)))).fault?.message.length).toBeLessThan(600)
  expect(pulled).toBe(1)
  const text = sse(delta({ content: 'x'.repeat(7 * 1024 * 1024) }))
  expect((await run(speaking('openai-chat', bytesFetch(text.repeat(5))))).fault?.message).toContain(
    '33554432 characters',
  )
})
