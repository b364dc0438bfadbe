import { Fault } from '@nacre/types'

/**
 * Where a wire's requests go. A base whose path names a version (`/v1`, `/api/v1`, `/v1beta/openai`) is taken as it
 * is, any other gets `/v1`; a base that already ends with the wire's path is complete. A query stays.
 */
export function endpointOf(provider: string, baseUrl: string, path: string): { url: string; host: string } {
  const url = URL.parse(baseUrl)
  if (url === null || !/^https?:$/.test(url.protocol)) throw badBase(provider, 'is not an http(s) URL')
  if (url.username !== '' || url.password !== '') throw badBase(provider, 'carries a user name or password')
  const base = url.pathname.replace(/\/+$/, '')
  if (base.endsWith(path)) url.pathname = base
  else url.pathname = `${base}${hasVersion(base) ? '' : '/v1'}${path}`
  url.hash = ''
  return { url: url.href, host: url.host }
}

const hasVersion = (path: string) => path.split('/').some((segment) => /^v\d+[a-z0-9]*$/.test(segment))

const badBase = (provider: string, why: string) =>
  new Fault('invalid_input', `The base URL of provider '${provider}' ${why}.`, {
    mend: 'Write it like https://api.openai.com/v1, and give the key apart from it.',
  })
