import { type SessionId, type StreamName, sessionId } from '@nacre/types'

/** The session whose log a stream is. */
export const sessionOf = (stream: StreamName): SessionId => sessionId(stream.slice(stream.indexOf('/') + 1))
