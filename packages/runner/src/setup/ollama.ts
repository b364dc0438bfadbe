import type { HttpFetch } from '@nacre/providers'

/** A local server of models that answered. */
export type Ollama = { readonly url: string; readonly models: readonly string[] }

const USUAL = 'http://127.0.0.1:11434'
const WAIT_MS = 300
const MOST_BYTES = 1_048_576
const MOST_MODELS = 64

/** Asks once, for 300 ms at most; nothing where nobody answers as Ollama does. */
export async function findOllama(
  env: Readonly<Record<string, string | undefined>>,
  fetch: HttpFetch,
): Promise<Ollama | undefined> {
  const url = ollamaUrl(env.OLLAMA_HOST)
  try {
    const signal = AbortSignal.timeout(WAIT_MS)
    const { status, body } = await fetch(`${url}/api/tags`, { method: 'GET', headers: {}, body: '', signal })
    if (status !== 200) return undefined
    return { url, models: namesIn(JSON.parse(await textOf(body))) }
  } catch {
    return undefined
  }
}

/** Where OLLAMA_HOST means: `host`, `host:port`, `:port` or a URL. That a server listens everywhere says not where it is. */
export function ollamaUrl(host: string | undefined): string {
  const text = (host ?? '').trim().replace(/\/+$/, '')
  if (text === '') return USUAL
  const given = URL.parse(
    /^https?:\/\//.test(text) ? text : `http://${text.startsWith(':') ? `127.0.0.1${text}` : text}`,
  )
  if (given === null) return USUAL
  const name = ['0.0.0.0', '[::]'].includes(given.hostname) ? '127.0.0.1' : given.hostname
  const port = given.port || (/^https?:\/\//.test(text) ? '' : '11434')
  return `${given.protocol}//${name}${port === '' ? '' : `:${port}`}`
}

export const isUsualOllama = (url: string): boolean =>
  ['127.0.0.1:11434', 'localhost:11434'].includes(URL.parse(url)?.host ?? '')

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.length
    if (length > MOST_BYTES) throw new Error('that is no list of models')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function namesIn(answer: unknown): readonly string[] {
  const { models } = answer as { readonly models?: unknown }
  if (!Array.isArray(models)) throw new Error('that is no list of models')
  const names = models.map((model) => (model as { readonly name?: unknown } | null)?.name)
  return names.flatMap((name) => (isModelName(name) ? [name] : [])).slice(0, MOST_MODELS)
}

const isModelName = (name: unknown): name is string => typeof name === 'string' && /^[\x21-\x7e]{1,256}$/.test(name)
