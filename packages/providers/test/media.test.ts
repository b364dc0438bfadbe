import { callId, type GenerateRequest, type MediaPart, type Message } from '@nacre/types'
import { describe, expect, test } from 'vitest'
import { fitMedia } from '../dist/media.js'
import { ASK, bytesFetch, delta, run, speaking, sse, WIRE_NAMES, type WireName } from './support.js'

/** What is not text: what each wire can be shown, and what becomes of the rest. */

const media = (mediaType: string, more: Partial<MediaPart> = {}): MediaPart => ({
  type: 'media',
  mediaType,
  data: 'aGVsbG8=',
  ...more,
})
const PNG = media('image/png')
const PDF = media('application/pdf', { name: 'a.pdf' })
const MP3 = media('audio/mpeg')
const MP4 = media('video/mp4')
const user = (...parts: Extract<Message, { role: 'user' }>['parts']): Message => ({ role: 'user', parts })
const text = (said: string) => ({ type: 'text', text: said }) as const

async function sent(wire: WireName, messages: readonly Message[], more: Partial<GenerateRequest> = {}) {
  const fetch = bytesFetch(sse(delta({}, 'stop')))
  const { fault } = await run(speaking(wire, fetch), { ...ASK, messages, ...more })
  return fetch.requests.length === 0 ? { fault } : { body: fetch.requests[0]?.body ?? '' }
}

describe('what a user shows', () => {
  test.each([
    ['openai-chat', PNG, true],
    ['openai-chat', PDF, true],
    ['openai-chat', MP3, true],
    ['openai-chat', MP4, false],
    ['openai-responses', PNG, true],
    ['openai-responses', PDF, true],
    ['openai-responses', MP3, false],
    ['anthropic-messages', PNG, true],
    ['anthropic-messages', PDF, true],
    ['anthropic-messages', MP3, false],
    ['gemini', PNG, true],
    ['gemini', PDF, true],
    ['gemini', MP3, true],
    ['gemini', MP4, true],
    ['ollama-chat', PNG, true],
    ['ollama-chat', PDF, false],
    ['cohere-v2', PNG, true],
    ['cohere-v2', MP3, false],
    ['gemini', media('application/zip'), false],
  ] as const)('over %s: $mediaType, %o', async (wire, part, goes) => {
    const { fault, body } = await sent(wire, [user(text('See'), part)])
    if (goes) expect(body).toContain('aGVsbG8=')
    else {
      expect(fault).toMatchObject({ code: 'unsupported', retry: 'never' })
      expect(fault?.message).toBe(`The model m-1 of provider 'vendor' cannot be shown ${part.mediaType}.`)
      expect(fault?.mend).toBeTruthy()
    }
  })

  test('is refused where the model takes no such thing, though its wire could', async () => {
    const asked = [user(PNG)]
    expect((await sent('gemini', asked, { inputs: [] })).fault?.code).toBe('unsupported')
    expect((await sent('gemini', asked, { inputs: ['audio'] })).fault?.code).toBe('unsupported')
    expect((await sent('gemini', asked, { inputs: ['image'] })).body).toContain('aGVsbG8=')
  })

  test('earlier is left out with a note, so that the conversation goes on', async () => {
    const { body } = await sent('ollama-chat', [user(text('See'), PDF), user(text('And?'))])
    expect(JSON.parse(body ?? '').messages[1]).toEqual({
      role: 'user',
      content: 'See\n[a.pdf: application/pdf, 5 bytes, not shown to this model]',
    })
  })
})

describe('what a tool gives back', () => {
  const results = (...parts: Extract<Message, { role: 'tool' }>['results'][number]['parts']): readonly Message[] => [
    user(text('Look.')),
    { role: 'assistant', parts: [{ type: 'call', call: callId('c'), name: 'look', argsText: '{}' }] },
    { role: 'tool', results: [{ call: callId('c'), name: 'look', isError: false, parts }] },
  ]

  test('stands in the result where the wire has room for it', async () => {
    const anthropic = JSON.parse((await sent('anthropic-messages', results(text('Here'), PNG))).body ?? '')
    expect(anthropic.messages[2].content).toEqual([
      {
        type: 'tool_result',
        tool_use_id: 'call00000',
        content: [
          { type: 'text', text: 'Here' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGVsbG8=' } },
        ],
        cache_control: { type: 'ephemeral' },
      },
    ])
    const responses = JSON.parse((await sent('openai-responses', results(PNG))).body ?? '')
    expect(responses.input[2].output).toEqual([
      { type: 'input_image', image_url: 'data:image/png;base64,aGVsbG8=', detail: 'auto' },
    ])
  })

  test.each(WIRE_NAMES.filter((wire) => !/anthropic|responses/.test(wire)))(
    'follows the results over %s',
    async (wire) => {
      const { body = '' } = await sent(wire, results(text('Here'), PNG))
      expect(body).toContain('Here\\n[image/png, shown below]')
      expect(body).toContain('What look gave back:')
      expect(body.indexOf('aGVsbG8=')).toBeGreaterThan(body.indexOf('shown below'))
    },
  )

  test('becomes a note where nothing takes it: the model can go on without', async () => {
    for (const wire of WIRE_NAMES) {
      const { body } = await sent(wire, results(media('application/zip')))
      expect(body).toContain('[application/zip, 5 bytes, not shown to this model]')
    }
  })
})

test.each([
  ['openai-chat', { role: 'user', content: '' }],
  ['cohere-v2', { role: 'user', content: '' }],
  ['ollama-chat', { role: 'user', content: '' }],
] as const)('a user who says nothing says an empty text over %s', async (wire, message) => {
  const { body } = await sent(wire, [user()])
  expect(JSON.parse(body ?? '').messages[1]).toEqual(message)
})

test('a request without media is left as it is', () => {
  const messages = [user(text('Hi')), { role: 'assistant', parts: [text('Ho')] } as const]
  expect(fitMedia({ ...ASK, messages }, { said: [], results: [] }, 'v')).toEqual({ ...ASK, messages })
})
