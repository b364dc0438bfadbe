import { Fault } from '@nacre/types'
import { readText } from '../body.js'
import type { HttpFetch } from '../http.js'
import { networkFault } from '../network-fault.js'

export const MODELS_DEV = 'https://models.dev/api.json'
const LIMIT_BYTES = 32 * 1024 * 1024

/** The text of a catalog at a URL, at most 32 MiB. Throws a Fault; that the signal aborted is one too. */
export async function fetchCatalog(fetch: HttpFetch, url: string, signal: AbortSignal): Promise<string> {
  const headers = { accept: 'application/json', 'accept-encoding': 'identity' }
  const where = URL.parse(url)?.host ?? url
  try {
    const response = await fetch(url, { method: 'GET', headers, body: '', signal })
    if (response.status !== 200) throw refused(`${where} answered HTTP ${response.status} instead of a catalog.`)
    const { text, cut } = await readText(response.body, LIMIT_BYTES)
    if (cut) throw refused(`${where} sent more than ${LIMIT_BYTES} bytes, which is no catalog.`)
    return text
  } catch (error) {
    if (signal.aborted) throw new Fault('cancelled', `Fetching the catalog from ${where} was cancelled.`)
    throw networkFault(error, where, 'request')
  }
}

const refused = (message: string) =>
  new Fault('provider_error', message, { mend: `Check the URL; the catalog is at ${MODELS_DEV}.` })
