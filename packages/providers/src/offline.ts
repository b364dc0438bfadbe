import type { Provider } from '@nacre/types'

/**
 * A model of fixed rules that needs neither key nor network, so that everything around it can be tried at once. It
 * understands a handful of imperatives, makes real tool calls of them, and says what it is. The same request always
 * gives the same answer; usage is estimated by characters.
 */
export function offline(options: { name?: string } = {}): Provider {
  const { name = 'offline' } = options
  return {
    name,
    async *generate(request, { signal }) {
      const { offlineAnswer } = await import('./offline-answer.js')
      yield* offlineAnswer(name, request, signal)
    },
  }
}
