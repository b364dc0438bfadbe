import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { streamText } from 'ai'

/** The `ai` package: its shortest stream, the one of texts. */
export async function answer(base) {
  const provider = createOpenAICompatible({ name: 'bench', baseURL: `${base}/v1`, includeUsage: true })
  const { textStream } = streamText({ model: provider.chatModel('bench-1'), prompt: 'Go on.' })
  let chars = 0
  for await (const text of textStream) chars += text.length
  return chars
}
