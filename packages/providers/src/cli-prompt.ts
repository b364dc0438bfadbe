import type { GenerateRequest, Message } from '@nacre/types'
import { askForJson, contentText } from './encode.js'

/** A request as one text, for a program that is asked once: the model, the instructions, then who said what. */
export function promptText({ model, system, messages, responseFormat }: GenerateRequest): string {
  const [first] = messages
  const said = messages.length === 1 && first?.role === 'user' ? [contentText(first.parts)] : messages.flatMap(spoken)
  const form = responseFormat && askForJson(responseFormat.schema)
  const paragraphs = [model === '' ? '' : `[model:${model}]`, system, ...said, form ?? '']
  return `${paragraphs.filter((paragraph) => paragraph.trim() !== '').join('\n\n')}\n`
}

function spoken(message: Message): readonly string[] {
  switch (message.role) {
    case 'user':
      return [`User: ${contentText(message.parts)}`]
    case 'assistant': {
      const text = message.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('')
      return text.trim() === '' ? [] : [`Assistant: ${text}`]
    }
    case 'tool':
      return message.results.map(
        ({ name, parts, isError }) => `${name} ${isError ? 'failed' : 'gave'}: ${contentText(parts)}`,
      )
  }
}
