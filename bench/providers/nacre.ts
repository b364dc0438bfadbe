import { systemWorld } from '@nacre/kit'
import {
  anthropicMessages,
  gemini as geminiProvider,
  type HttpFetch,
  openaiChat,
  openaiResponses,
  type ProviderOptions,
} from '@nacre/providers'
import type { Provider } from '@nacre/types'
import { REQUEST } from './request.ts'

const world = systemWorld()

/** The fetch that the others find too, as providers want it. */
const globalFetch: HttpFetch = async (url, request) => {
  const { status, headers, body } = await fetch(url, request)
  if (body === null) throw new Error(`${url} has no body`)
  return { status, headers: { get: (name) => headers.get(name) ?? undefined }, body }
}

const reader = (open: (options: ProviderOptions) => Provider) => async (base: string) => {
  const provider = open({ name: 'bench', baseUrl: base, fetch: globalFetch, world })
  let chars = 0
  for await (const event of provider.generate(REQUEST, { signal: new AbortController().signal }))
    if (event.type === 'text') chars += event.text.length
  return chars
}

export const chat = reader(openaiChat)
export const responses = reader(openaiResponses)
export const anthropic = reader(anthropicMessages)
export const gemini = reader(geminiProvider)
