/** One conversation, which we and the vendors' own clients send. The first answer is `STREAMS`; the second request is compared. */

export const SYSTEM = 'Be brief.'
export const QUESTION = 'What is in the picture, and what is 1 + 2?'
/** One red pixel. */
export const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='
export const TOOLS = [
  {
    name: 'look',
    description: 'Looks at a picture.',
    parameters: {
      type: 'object',
      properties: { at: { type: 'string' } },
      required: ['at'],
      additionalProperties: false,
    },
  },
  {
    name: 'add',
    description: 'Adds two numbers.',
    parameters: {
      type: 'object',
      properties: { a: { type: 'integer' }, b: { type: 'integer' } },
      required: ['a', 'b'],
      additionalProperties: false,
    },
  },
]
export const FORM = {
  type: 'object',
  properties: { picture: { type: 'string' }, sum: { type: 'integer' } },
  required: ['picture', 'sum'],
  additionalProperties: false,
}
export const MAX_TOKENS = 30_000
export const THINKING_TOKENS = 16_384
export const RESULTS = { look: { error: 'There is no such picture.' }, add: { output: '3' } }
export const MODELS = {
  'openai-chat': 'gpt-5',
  'openai-responses': 'gpt-5',
  'anthropic-messages': 'claude-haiku-4-5',
  gemini: 'gemini-3-flash-preview',
  'ollama-chat': 'qwen3',
  'cohere-v2': 'command-a-reasoning',
}

const sse = (events) =>
  events.map((event) => `${event.type ? `event: ${event.type}\n` : ''}data: ${JSON.stringify(event)}\n\n`).join('')

const chunk = (delta, finish_reason = null) => ({
  id: 'c1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'gpt-5',
  choices: [{ index: 0, delta, finish_reason }],
})
const chatCall = (index, id, name, text) =>
  chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: text } }] })

/** Of the form that is asked for: OpenAI's client reads it. */
const WORD = '{"picture":"unknown","sum":0}'
const LOOK = '{"at":"cat"}'
const ADD = '{"a":1,"b":2}'

const item = (type, output_index, value) => ({
  type: `response.output_item.${type}`,
  output_index,
  item: value,
  sequence_number: 0,
})
const REASONING = {
  id: 'rs_1',
  type: 'reasoning',
  summary: [{ type: 'summary_text', text: 'Hm.' }],
  encrypted_content: 'sealed',
}
const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  status: 'completed',
  phase: 'commentary',
  content: [{ type: 'output_text', text: WORD, annotations: [], logprobs: [] }],
}
const fn = (id, call_id, name, text) => ({
  id,
  type: 'function_call',
  status: 'completed',
  call_id,
  name,
  arguments: text,
})
const CALLS = [fn('fc_1', 'call_a', 'look', LOOK), fn('fc_2', 'call_b', 'add', ADD)]
const response = (status, output) => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  status,
  error: null,
  incomplete_details: null,
  instructions: null,
  metadata: {},
  model: 'gpt-5',
  output,
  parallel_tool_calls: true,
  temperature: 1,
  tool_choice: 'auto',
  tools: [],
  top_p: 1,
})

const block = (index, content_block, ...deltas) => [
  { type: 'content_block_start', index, content_block },
  ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
  { type: 'content_block_stop', index },
]
const toolUse = (index, id, name, partial_json) =>
  block(index, { type: 'tool_use', id, name, input: {} }, { type: 'input_json_delta', partial_json })

const candidate = (parts, more = {}) => ({ candidates: [{ content: { role: 'model', parts }, index: 0, ...more }] })

/** What each vendor answers first: a thought that must go back, a word, two calls side by side. */
export const STREAMS = {
  'openai-chat': `${sse([
    chunk({ role: 'assistant', content: WORD }),
    chatCall(0, 'call_a', 'look', LOOK),
    chatCall(1, 'call_b', 'add', ADD),
    chunk({}, 'tool_calls'),
  ])}data: [DONE]\n\n`,
  'openai-responses': sse([
    { type: 'response.created', response: response('in_progress', []), sequence_number: 0 },
    item('added', 0, { ...REASONING, summary: [] }),
    {
      type: 'response.reasoning_summary_part.added',
      item_id: 'rs_1',
      output_index: 0,
      summary_index: 0,
      part: { type: 'summary_text', text: '' },
    },
    { type: 'response.reasoning_summary_text.delta', item_id: 'rs_1', output_index: 0, summary_index: 0, delta: 'Hm.' },
    item('done', 0, REASONING),
    item('added', 1, { ...MESSAGE, status: 'in_progress', content: [] }),
    {
      type: 'response.content_part.added',
      item_id: 'msg_1',
      output_index: 1,
      content_index: 0,
      part: { ...MESSAGE.content[0], text: '' },
    },
    {
      type: 'response.output_text.delta',
      item_id: 'msg_1',
      output_index: 1,
      content_index: 0,
      delta: WORD,
      logprobs: [],
    },
    item('done', 1, MESSAGE),
    ...CALLS.flatMap((call, at) => [
      item('added', at + 2, { ...call, arguments: '' }),
      { type: 'response.function_call_arguments.delta', item_id: call.id, output_index: at + 2, delta: call.arguments },
      item('done', at + 2, call),
    ]),
    { type: 'response.completed', response: response('completed', [REASONING, MESSAGE, ...CALLS]), sequence_number: 9 },
  ]),
  'anthropic-messages': sse([
    {
      type: 'message_start',
      message: {
        id: 'm1',
        type: 'message',
        role: 'assistant',
        model: 'claude-haiku-4-5',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 9, output_tokens: 1 },
      },
    },
    ...block(
      0,
      { type: 'thinking', thinking: '', signature: '' },
      { type: 'thinking_delta', thinking: 'Hm.' },
      { type: 'signature_delta', signature: 'sealed' },
    ),
    ...block(1, { type: 'redacted_thinking', data: 'hidden' }),
    ...block(2, { type: 'text', text: '' }, { type: 'text_delta', text: WORD }),
    ...toolUse(3, 'toolu_a', 'look', LOOK),
    ...toolUse(4, 'toolu_b', 'add', ADD),
    { type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: { output_tokens: 9 } },
    { type: 'message_stop' },
  ]),
  gemini: sse([
    candidate([{ text: 'Hm.', thought: true }]),
    candidate([{ text: WORD }]),
    candidate(
      [
        { functionCall: { name: 'look', args: JSON.parse(LOOK) }, thoughtSignature: 'c2VhbGVk' },
        { functionCall: { name: 'add', args: JSON.parse(ADD) } },
      ],
      { finishReason: 'STOP' },
    ),
  ]),
  'ollama-chat': [
    { message: { role: 'assistant', content: '', thinking: 'Hm.' }, done: false },
    { message: { role: 'assistant', content: WORD }, done: false },
    {
      message: {
        role: 'assistant',
        content: '',
        tool_calls: [
          { function: { name: 'look', arguments: JSON.parse(LOOK) } },
          { function: { name: 'add', arguments: JSON.parse(ADD) } },
        ],
      },
      done: false,
    },
    { message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop' },
  ]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join(''),
  'cohere-v2': sse([
    { type: 'content-start', index: 0, delta: { message: { content: { type: 'thinking', thinking: 'Hm.' } } } },
    { type: 'tool-plan-delta', delta: { message: { tool_plan: WORD } } },
    {
      type: 'tool-call-start',
      index: 0,
      delta: { message: { tool_calls: { id: 'a', type: 'function', function: { name: 'look', arguments: LOOK } } } },
    },
    {
      type: 'tool-call-start',
      index: 1,
      delta: { message: { tool_calls: { id: 'b', type: 'function', function: { name: 'add', arguments: ADD } } } },
    },
    { type: 'message-end', delta: { finish_reason: 'TOOL_CALL' } },
  ]),
}
