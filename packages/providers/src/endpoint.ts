import { Fault } from '@nacre/types'

/**
 * Where a wire's requests go. A base whose path names a version (`/v1`, `/api/v1`, `/v1beta/openai`) is taken as it
 * is, any other gets `version`; a base that already ends with the wire's path is complete. Queries of both stay.
 */
export function endpointOf(
  provider: string,
  baseUrl: string,
  path: string,
  version = '/v1',
): { url: string; host: string } {
  const url = URL.parse(baseUrl)
  if (url === null || !/^https?:$/.test(url.protocol)) throw badBase(provider, 'is not an http(s) URL')
  if (url.username !== '' || url.password !== '') throw badBase(provider, 'carries a user name or password')
  const base = url.pathname.replace(/\/+$/, '')
  const [below = '', query] = path.split('?')
  if (base.endsWith(below)) url.pathname = base
  else url.pathname = `${base}${hasVersion(base) || base.endsWith(version) ? '' : version}${below}`
  for (const [name, value] of new URLSearchParams(query)) url.searchParams.set(name, value)
  url.hash = ''
  return { url: url.href, host: url.host }
}

/** A model's name as a part of a path; `models/` stands before one without a folder of its own. */
export function modelPath(model: string): string {
  const segments = model.split('/')
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..'))
    throw new Fault('invalid_input', `The model’s name ${JSON.stringify(model)} cannot be a part of a URL.`, {
      mend: 'Write it as the vendor does, for example gemini-2.5-flash.',
    })
  return `/${segments.length === 1 ? 'models/' : ''}${segments.map(encodeURIComponent).join('/')}`
}

/** The fault where a vendor has no usual base URL and none is given. */
export const noBase = (provider: string, vendor: string) =>
  new Fault('invalid_input', `The provider '${provider}' (${vendor}) has no base URL.`, {
    mend: `Set its base URL: with ${vendor} every customer has one of their own.`,
  })

const hasVersion = (path: string) => path.split('/').some((segment) => /^v\d+[a-z0-9]*$/.test(segment))

const badBase = (provider: string, why: string) =>
  new Fault('invalid_input', `The base URL of provider '${provider}' ${why}.`, {
    mend: 'Write it like https://api.openai.com/v1, and give the key apart from it.',
  })
