import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import {
  FORM,
  MAX_TOKENS,
  MODELS,
  PNG,
  QUESTION,
  RESULTS,
  STREAMS,
  SYSTEM,
  THINKING_TOKENS,
  TOOLS,
} from './conversation.mjs'

/** The second request of the conversation as each vendor's own client sends it, its answer accumulated by itself. */

/** A network that answers each request with the wire's stream, and keeps what was asked. */
function recorder(wire) {
  const sent = []
  const fetch = async (input, init) => {
    const request = new Request(input, { ...init, duplex: 'half' })
    sent.push({ url: request.url, body: JSON.parse(await request.text()) })
    return new Response(STREAMS[wire], { status: 200, headers: { 'content-type': 'text/event-stream' } })
  }
  return { sent, fetch }
}

const said = (name) => RESULTS[name].error ?? RESULTS[name].output
const url = `data:image/png;base64,${PNG}`

async function openaiChat() {
  const { sent, fetch } = recorder('openai-chat')
  const client = new OpenAI({ apiKey: 'k', fetch })
  const messages = [
    { role: 'system', content: SYSTEM },
    {
      role: 'user',
      content: [
        { type: 'text', text: QUESTION },
        { type: 'image_url', image_url: { url } },
      ],
    },
  ]
  const params = {
    model: MODELS['openai-chat'],
    max_completion_tokens: MAX_TOKENS,
    reasoning_effort: 'high',
    response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: FORM, strict: true } },
    stream_options: { include_usage: true },
    tools: TOOLS.map((tool) => ({ type: 'function', function: tool })),
  }
  const answer = (await client.chat.completions.stream({ ...params, messages }).finalChatCompletion()).choices[0]
    .message
  const results = answer.tool_calls.map((call) => ({
    role: 'tool',
    tool_call_id: call.id,
    content: said(call.function.name),
  }))
  await client.chat.completions.stream({ ...params, messages: [...messages, answer, ...results] }).finalChatCompletion()
  return sent[1]
}

async function openaiResponses() {
  const { sent, fetch } = recorder('openai-responses')
  const client = new OpenAI({ apiKey: 'k', fetch })
  const input = [
    {
      role: 'user',
      content: [
        { type: 'input_text', text: QUESTION },
        { type: 'input_image', image_url: url, detail: 'auto' },
      ],
    },
  ]
  const params = {
    model: MODELS['openai-responses'],
    instructions: SYSTEM,
    store: false,
    include: ['reasoning.encrypted_content'],
    max_output_tokens: MAX_TOKENS,
    reasoning: { effort: 'high' },
    text: { format: { type: 'json_schema', name: 'answer', schema: FORM, strict: true } },
    tools: TOOLS.map((tool) => ({ type: 'function', strict: false, ...tool })),
  }
  const { output } = await client.responses.stream({ ...params, input }).finalResponse()
  const results = output.flatMap((item) =>
    item.type === 'function_call'
      ? [{ type: 'function_call_output', call_id: item.call_id, output: said(item.name) }]
      : [],
  )
  await client.responses.stream({ ...params, input: [...input, ...output, ...results] }).finalResponse()
  return sent[1]
}

async function anthropicMessages() {
  const { sent, fetch } = recorder('anthropic-messages')
  const client = new Anthropic({ apiKey: 'k', fetch })
  const question = {
    role: 'user',
    content: [
      { type: 'text', text: QUESTION },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
    ],
  }
  const params = {
    model: MODELS['anthropic-messages'],
    max_tokens: MAX_TOKENS,
    system: [{ type: 'text', text: SYSTEM }],
    thinking: { type: 'enabled', budget_tokens: THINKING_TOKENS },
    output_config: { format: { type: 'json_schema', schema: FORM } },
    tools: TOOLS.map(({ parameters, ...tool }) => ({ ...tool, input_schema: parameters })),
  }
  const { content } = await client.messages.stream({ ...params, messages: [question] }).finalMessage()
  const results = content.flatMap((part) => {
    if (part.type !== 'tool_use') return []
    const failed = RESULTS[part.name].error !== undefined
    return [
      { type: 'tool_result', tool_use_id: part.id, content: said(part.name), ...(failed ? { is_error: true } : {}) },
    ]
  })
  const messages = [question, { role: 'assistant', content }, { role: 'user', content: results }]
  await client.messages.stream({ ...params, messages }).finalMessage()
  return sent[1]
}

async function gemini() {
  const { sent, fetch } = recorder('gemini')
  globalThis.fetch = fetch
  const client = new GoogleGenAI({ apiKey: 'k' })
  const chat = client.chats.create({
    model: MODELS.gemini,
    config: {
      systemInstruction: SYSTEM,
      maxOutputTokens: MAX_TOKENS,
      thinkingConfig: { includeThoughts: true, thinkingLevel: 'HIGH' },
      responseMimeType: 'application/json',
      responseJsonSchema: FORM,
      tools: [
        {
          functionDeclarations: TOOLS.map(({ parameters, ...tool }) => ({ ...tool, parametersJsonSchema: parameters })),
        },
      ],
    },
  })
  const calls = []
  const message = [{ text: QUESTION }, { inlineData: { mimeType: 'image/png', data: PNG } }]
  for await (const chunk of await chat.sendMessageStream({ message })) calls.push(...(chunk.functionCalls ?? []))
  const results = calls.map(({ name }) => ({ functionResponse: { name, response: RESULTS[name] } }))
  for await (const _ of await chat.sendMessageStream({ message: results }));
  return sent[1]
}

export const THEIRS = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  'anthropic-messages': anthropicMessages,
  gemini,
}
