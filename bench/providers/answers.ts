/** Events with a word in them, in each of the long answers. */
export const EVENTS = 10_000

const WORDS = ['the', ' boat', ' needs', ' a', ' new', ' rope', ',', ' and', ' oars', '.\n']
const TEXT = Array.from({ length: EVENTS }, (_, n) => WORDS[n % WORDS.length] ?? '').join('')

/** The same long answer as server-sent events, as each of the vendors says it. */
export const ANSWERS = { chat, responses, anthropic, gemini }
export type WireName = keyof typeof ANSWERS

const unnamed = (data: object) => `data: ${JSON.stringify(data)}\n\n`
const named = (data: { readonly type: string; readonly [field: string]: unknown }) =>
  `event: ${data.type}\n${unnamed(data)}`

function* words(): Generator<string> {
  for (let n = 0; n < EVENTS; n++) yield WORDS[n % WORDS.length] ?? ''
}

function* chat(): Generator<string> {
  const chunk = (delta: object, finish: string | null, more: object = {}) =>
    unnamed({
      id: 'chatcmpl-Bx2kQ7mVdJ0aTn4yRzWcEoLh',
      object: 'chat.completion.chunk',
      created: 1_790_000_000,
      model: 'bench-1',
      service_tier: 'default',
      system_fingerprint: 'fp_3f8a1c92d7',
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
      ...more,
    })
  yield chunk({ role: 'assistant', content: '' }, null)
  for (const content of words()) yield chunk({ content }, null)
  yield chunk({}, 'stop', { usage: { prompt_tokens: 20, completion_tokens: EVENTS, total_tokens: EVENTS + 20 } })
  yield 'data: [DONE]\n\n'
}

function* responses(): Generator<string> {
  let sequence = 0
  const event = (type: string, more: object) => named({ type, sequence_number: sequence++, ...more })
  const response = { id: 'resp_04b1d7', object: 'response', created_at: 1_790_000_000, model: 'bench-1' }
  const place = { item_id: 'msg_04b1d7c2a95e8f3600', output_index: 0 }
  const message = { id: place.item_id, type: 'message', role: 'assistant' }
  const part = { type: 'output_text', annotations: [], logprobs: [] }
  const whole = { ...message, status: 'completed', content: [{ ...part, text: TEXT }] }
  yield event('response.created', { response: { ...response, status: 'in_progress', output: [] } })
  yield event('response.output_item.added', {
    output_index: 0,
    item: { ...message, status: 'in_progress', content: [] },
  })
  yield event('response.content_part.added', { ...place, content_index: 0, part: { ...part, text: '' } })
  for (const delta of words())
    yield event('response.output_text.delta', { ...place, content_index: 0, delta, logprobs: [] })
  yield event('response.output_text.done', { ...place, content_index: 0, text: TEXT, logprobs: [] })
  yield event('response.content_part.done', { ...place, content_index: 0, part: { ...part, text: TEXT } })
  yield event('response.output_item.done', { output_index: 0, item: whole })
  const usage = {
    input_tokens: 20,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: EVENTS,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: EVENTS + 20,
  }
  yield event('response.completed', { response: { ...response, status: 'completed', output: [whole], usage } })
}

function* anthropic(): Generator<string> {
  const usage = { input_tokens: 20, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 1 }
  const message = { id: 'msg_01', type: 'message', role: 'assistant', model: 'bench-1', content: [] }
  yield named({ type: 'message_start', message: { ...message, stop_reason: null, stop_sequence: null, usage } })
  yield named({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } })
  for (const text of words())
    yield named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })
  yield named({ type: 'content_block_stop', index: 0 })
  const delta = { stop_reason: 'end_turn', stop_sequence: null }
  yield named({ type: 'message_delta', delta, usage: { output_tokens: EVENTS } })
  yield named({ type: 'message_stop' })
}

function* gemini(): Generator<string> {
  let said = 0
  const chunk = (text: string, more: object = {}) =>
    unnamed({
      candidates: [{ content: { parts: [{ text }], role: 'model' }, index: 0, ...more }],
      usageMetadata: {
        promptTokenCount: 20,
        candidatesTokenCount: ++said,
        totalTokenCount: 20 + said,
        promptTokensDetails: [{ modality: 'TEXT', tokenCount: 20 }],
      },
      modelVersion: 'bench-1',
      responseId: 'q7mVdJ0aTn4yRzWcEoLh',
    })
  for (const text of words()) yield chunk(text)
  yield chunk('', { finishReason: 'STOP' })
}
