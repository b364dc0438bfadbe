import { Fault } from '@nacre/types'

/** The fault of a transport's error: before the headers came, or while the answer was read. */
export function networkFault(error: unknown, where: string, phase: 'request' | 'answer'): Fault {
  if (error instanceof Fault) return error
  const code = codeOf(error)
  const told = `${where}: ${words(code, phase)}${code === '' ? '' : ` (${code})`}.`
  if (/CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/.test(code))
    return new Fault('unavailable', told, {
      cause: error,
      mend: 'Check the server’s certificate and this machine’s clock.',
    })
  if (/^HPE_|^HTTPParser|HEADERS_OVERFLOW|ERR_INVALID/.test(code))
    return new Fault('provider_error', told, {
      cause: error,
      mend: 'Check the base URL: what answers there is no such API.',
    })
  if (phase === 'answer')
    return new Fault('stream_cut', told, {
      retry: 'now',
      cause: error,
      mend: 'Ask again; what had come is not the whole answer.',
    })
  return new Fault('unavailable', told, {
    retry: 'now',
    cause: error,
    mend: 'Check that the server is up and reachable from here, and the base URL.',
  })
}

/** The first code along the chain of causes; undici wraps the system's errors. */
function codeOf(error: unknown, depth = 0): string {
  if (typeof error !== 'object' || error === null || depth > 4) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  if ('name' in error && error.name === 'HTTPParserError') return error.name
  return 'cause' in error ? codeOf(error.cause, depth + 1) : ''
}

function words(code: string, phase: 'request' | 'answer'): string {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'the host’s name could not be resolved'
  if (code === 'ECONNREFUSED' || code === 'ENOENT') return 'nobody listens there'
  if (/CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/.test(code)) return 'the server’s certificate is not trusted'
  if (/^HPE_|^HTTPParser|HEADERS_OVERFLOW/.test(code)) return 'what came is not HTTP'
  return phase === 'request'
    ? 'the request could not be sent or was not answered'
    : 'the connection was cut within the answer'
}
