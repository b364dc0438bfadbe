import { ANSWERS, type WireName } from './answers.ts'

// Loaded before a contestant, puts itself into the place of the network: a question to any of the vendors' paths is
// answered from memory, so that all read the same bytes in the same pieces. `/per/50/…` gives fifty events at once.

const PATHS: readonly (readonly [WireName, RegExp])[] = [
  ['chat', /\/chat\/completions$/],
  ['responses', /\/responses$/],
  ['anthropic', /\/messages$/],
  ['gemini', /:streamGenerateContent$/],
]
const kept = new Map<string, readonly Uint8Array[]>()

globalThis.fetch = async (input) => {
  const { pathname } = new URL(input instanceof Request ? input.url : input)
  const wire = PATHS.find(([, path]) => path.test(pathname))?.[0]
  const [, perChunk] = /\/per\/(\d+)\//.exec(pathname) ?? []
  if (wire === undefined || perChunk === undefined) throw new Error(`${pathname} is no path of a vendor`)
  const key = `${perChunk} of ${wire}`
  const chunks = kept.get(key) ?? chunksOf(wire, Number(perChunk))
  kept.set(key, chunks)
  return new Response(streamOf(chunks), { headers: { 'content-type': 'text/event-stream' } })
}

function chunksOf(wire: WireName, perChunk: number): readonly Uint8Array[] {
  const events = [...ANSWERS[wire]()]
  const encoder = new TextEncoder()
  return Array.from({ length: Math.ceil(events.length / perChunk) }, (_, n) =>
    encoder.encode(events.slice(n * perChunk, (n + 1) * perChunk).join('')),
  )
}

function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  let at = 0
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks[at++]
      if (chunk === undefined) controller.close()
      else controller.enqueue(chunk)
    },
  })
}
