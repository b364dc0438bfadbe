import { describe, expect, test } from 'vitest'
import { bytesFetch, partsOf, run, speaking, sse, textOf } from './support.js'

/** OpenAI's Responses, beyond what was recorded. */

const ask = (...events: readonly unknown[]) => run(speaking('openai-responses', bytesFetch(sse(...events))))
const added = (output_index: number, item: object) => ({ type: 'response.output_item.added', output_index, item })
const done = (output_index: number, item: object) => ({ type: 'response.output_item.done', output_index, item })
const said = (output_index: number, delta: string) => ({ type: 'response.output_text.delta', output_index, delta })
const completed = { type: 'response.completed', response: { status: 'completed', output: [] } }
const incomplete = (reason: string) => ({
  type: 'response.incomplete',
  response: { status: 'incomplete', incomplete_details: { reason } },
})

describe('an answer', () => {
  test.each([
    ['max_output_tokens', 'length'],
    ['content_filter', 'content_filter'],
    ['moon_phase', 'other'],
  ])('that is incomplete for %s says %s', async (reason, stop) => {
    expect((await ask(said(0, 'Hi'), incomplete(reason))).finished?.reason).toBe(stop)
  })

  test('is cut as long as its end has not come, whatever was done', async () => {
    const message = { type: 'message', content: [{ type: 'output_text', text: 'Hi' }] }
    expect((await ask(said(0, 'Hi'), done(0, message))).fault?.code).toBe('stream_cut')
  })

  test('may be refused', async () => {
    const outcome = await ask({ type: 'response.refusal.delta', output_index: 0, delta: 'No.' }, completed)
    expect([textOf(outcome.events), outcome.finished?.reason]).toEqual(['No.', 'refusal'])
  })

  test('keeps commentary and answer apart, each with its phase', async () => {
    const outcome = await ask(
      added(0, { type: 'message', phase: 'commentary' }),
      said(0, 'Looking'),
      said(0, ' it up.'),
      added(1, { type: 'message', phase: 'final_answer' }),
      said(1, 'Found.'),
      completed,
    )
    expect(outcome.finished?.parts).toEqual([
      { type: 'text', text: 'Looking it up.', extra: { from: 'vendor', phase: 'commentary' } },
      { type: 'text', text: 'Found.', extra: { from: 'vendor', phase: 'final_answer' } },
    ])
  })

  test('joins the paragraphs of a summary, and keeps what was encrypted last', async () => {
    const summary = (summary_index: number, delta: string) => [
      { type: 'response.reasoning_summary_part.added', output_index: 0, summary_index },
      { type: 'response.reasoning_summary_text.delta', output_index: 0, summary_index, delta },
    ]
    const item = (encrypted_content: string) => ({ type: 'reasoning', id: 'rs_1', encrypted_content, summary: [] })
    const outcome = await ask(
      added(0, item('early')),
      ...summary(0, 'One.'),
      ...summary(1, 'Two.'),
      done(0, item('late')),
      completed,
    )
    expect(partsOf(outcome, 'reasoning')).toEqual([
      { type: 'reasoning', text: 'One.\n\nTwo.', extra: { from: 'vendor', id: 'rs_1', encrypted_content: 'late' } },
    ])
  })

  test('may be a picture', async () => {
    const item = {
      type: 'image_generation_call',
      id: 'ig_1',
      status: 'completed',
      result: 'aGk=',
      output_format: 'webp',
    }
    const outcome = await ask(added(0, { ...item, status: 'generating', result: 'cGFydA==' }), done(0, item), completed)
    expect(outcome.finished?.parts).toEqual([
      { type: 'media', mediaType: 'image/webp', data: 'aGk=', extra: { from: 'vendor', id: 'ig_1' } },
    ])
  })

  test('shows free text for a tool as it comes', async () => {
    const call = { type: 'custom_tool_call', call_id: 'c', name: 'sql', input: '' }
    const piece = (delta: string) => ({ type: 'response.custom_tool_call_input.delta', output_index: 0, delta })
    const outcome = await ask(added(0, call), piece('SELECT '), piece('1'), completed)
    // Both came in one read.
    expect(outcome.events.slice(0, -1)).toEqual([{ type: 'args', index: 0, name: 'sql', text: 'SELECT 1' }])
  })

  test('has the calls of a server that streams no arguments', async () => {
    const call = { type: 'function_call', call_id: 'c', name: 'add', arguments: '{"a":1}' }
    const outcome = await ask(added(0, { ...call, arguments: '' }), done(0, call), completed)
    expect(partsOf(outcome, 'call')).toEqual([{ type: 'call', call: 'c', name: 'add', argsText: '{"a":1}' }])
    expect(outcome.finished?.reason).toBe('tool_calls')
  })
})

test.each([
  [
    'response.failed',
    { type: 'response.failed', response: { status: 'failed', error: { code: 'server_error', message: 'boom' } } },
    'now',
  ],
  ['an error event', { type: 'error', code: 'rate_limit_exceeded', message: 'boom', param: null }, 'now'],
  ['an error event of a refusal', { type: 'error', code: 'invalid_prompt', message: 'boom' }, 'never'],
])('%s within status 200 is a provider_error', async (_, event, retry) => {
  const { fault } = await ask(said(0, 'Hi'), event)
  expect(fault).toMatchObject({ code: 'provider_error', retry })
  expect(fault?.message).toContain('boom')
})

test('an event named error says what is in it, not how it was written', async () => {
  const body = `event: error\ndata: {"code":"server_error","message":"boom","sequence_number":1}\n\n`
  const { fault } = await run(speaking('openai-responses', bytesFetch(body)))
  expect(fault).toMatchObject({ code: 'provider_error', retry: 'now', message: expect.stringMatching(/: boom$/) })
})
