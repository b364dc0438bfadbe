import type { GenerateRequest } from '@nacre/types'

/** What every answer here answers. */
export const REQUEST: GenerateRequest = {
  model: 'bench-1',
  system: '',
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'Go on.' }] }],
  tools: [],
}
