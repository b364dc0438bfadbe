import { scriptedAnswer, scriptedProvider } from '@nacre/providers/testing'
import { EMPTY_SESSION, fold, type NewSessionEvent, type SessionState } from '@nacre/session'
import { stored } from '@nacre/session/testing'
import { type BlobPart, type Blobs, inputId, type Message, type Modality } from '@nacre/types'
import { describe, expect, test } from 'vitest'
import { agentOf, memoryBlobs, readAll, turnOf } from './support.js'

const MIB = 1024 * 1024

async function blobOf(blobs: Blobs, mediaType: string, sizeBytes: number, fill: number): Promise<BlobPart> {
  const hash = await blobs.put(new Uint8Array(sizeBytes).fill(fill))
  return { type: 'blob', hash, mediaType, sizeBytes, preview: `[${mediaType} ${fill}]` }
}

function queued(state: SessionState, id: string, parts: readonly BlobPart[]): SessionState {
  const event: NewSessionEvent = {
    type: 'turn.queued',
    input: inputId(id),
    parts: [{ type: 'text', text: `look at ${id}` }, ...parts],
    mode: 'queue',
    by: 'test',
  }
  return fold(stored([event], state.seq), state)
}

const shown = (messages: readonly Message[] | undefined) =>
  (messages ?? []).flatMap((message) => (message.role === 'user' ? message.parts : [])).map(({ type }) => type)

/** What a model is sent, and what was reserved for it, when it is shown these, one turn each. */
async function sent(parts: readonly BlobPart[], blobs: Blobs, inputs?: readonly Modality[], contextTokens = 128_000) {
  using provider = scriptedProvider(parts.map(() => scriptedAnswer('I see.')))
  const agent = { ...agentOf(provider, [], { limits: { contextTokens } }), ...(inputs && { inputs }) }
  let state = EMPTY_SESSION
  for (const [n, part] of parts.entries()) {
    const { end } = await readAll(turnOf(agent, queued(state, `turn ${n}`, [part]), undefined, blobs))
    expect(end).toMatchObject({ outcome: 'completed' })
    state = end.state
  }
  return { messages: provider.requests.at(-1)?.messages, reserved: state.turns.at(-1)?.steps[0]?.reserved }
}

describe('media', () => {
  test('a picture of 5 MB works in a context of 128,000 tokens, and is not counted by its bytes', async () => {
    const blobs = memoryBlobs()
    const { messages, reserved } = await sent([await blobOf(blobs, 'image/png', 5 * MIB, 1)], blobs)
    expect(shown(messages)).toEqual(['text', 'media'])
    expect(reserved?.tokens).toBeLessThan(15_000)
    expect(reserved?.tokens).toBeGreaterThan(8_192 + 1_600)
  })

  test('older pictures go first, and are told by their previews', async () => {
    const blobs = memoryBlobs()
    const three = await Promise.all([1, 2, 3].map((fill) => blobOf(blobs, 'image/png', 7 * MIB, fill)))
    const { messages } = await sent(three, blobs)
    expect(shown(messages)).toEqual(['text', 'blob', 'text', 'media', 'text', 'media'])
    const small = await Promise.all([1, 2, 3].map((fill) => blobOf(blobs, 'image/png', 1000, fill)))
    // Two pictures have room, and the third has not.
    expect(shown((await sent(small, blobs, undefined, 8_192 + 4_000)).messages)).toEqual([
      ...['text', 'blob'],
      ...['text', 'media', 'text', 'media'],
    ])
  })

  test('what the model cannot be shown, or is lost, is told by its preview', async () => {
    const blobs = memoryBlobs()
    const sound = await blobOf(blobs, 'audio/wav', 1000, 1)
    expect(shown((await sent([sound], blobs, ['image'])).messages)).toEqual(['text', 'blob'])
    expect(shown((await sent([sound], blobs, ['audio'])).messages)).toEqual(['text', 'media'])
    expect(shown((await sent([sound], memoryBlobs())).messages)).toEqual(['text', 'blob'])
    expect(shown((await sent([await blobOf(blobs, 'text/plain', 9, 1)], blobs)).messages)).toEqual(['text', 'blob'])
  })
})
