import type { BlobHash, ClientFrame, CommandType, SessionId } from '@nacre/types'

const session = 'boat' as SessionId
const hash = 'a'.repeat(64)
const parts = [{ type: 'text' as const, text: 'ahoy' }]

/** One good frame of every command, with every optional key. (No value is a `Record<string, never>` with a request id.) */
export const FRAMES: { readonly [T in CommandType]: Extract<ClientFrame, { type: T }> } = {
  hello: { type: 'hello', payload: { request_id: 'r', protocol_version: 2, token: 't', client: 'test' } },
  subscribe: { type: 'subscribe', payload: { request_id: 'r', session, after: 0 } },
  unsubscribe: { type: 'unsubscribe', payload: { request_id: 'r', session } },
  send: { type: 'send', payload: { request_id: 'r', session, input: 'i1', parts, mode: 'queue' } },
  cancel: { type: 'cancel', payload: { request_id: 'r', session, command: 'c1', turn: 'i1' } },
  cancel_all: { type: 'cancel_all', payload: { request_id: 'r', command: 'c1' } },
  approve: {
    type: 'approve',
    payload: { request_id: 'r', session, command: 'c1', call: 'i1.1.0', hash, scope: 'once' },
  },
  deny: { type: 'deny', payload: { request_id: 'r', session, command: 'c1', call: 'i1.1.0', hash } },
  answer: { type: 'answer', payload: { request_id: 'r', session, command: 'c1', question: 'q1', parts } },
  create_session: { type: 'create_session', payload: { request_id: 'r', session, title: 'Boat', agent: 'default' } },
  list_sessions: { type: 'list_sessions', payload: { request_id: 'r', archived: true } },
  find_session: { type: 'find_session', payload: { request_id: 'r', prefix: 'bo' } },
  fork_session: {
    type: 'fork_session',
    payload: { request_id: 'r', session, target: 'raft' as SessionId, up_to: 7 },
  },
  rename_session: { type: 'rename_session', payload: { request_id: 'r', session, command: 'c1', title: 'Raft' } },
  archive_session: { type: 'archive_session', payload: { request_id: 'r', session, command: 'c1', archived: true } },
  delete_session: { type: 'delete_session', payload: { request_id: 'r', session } },
  history: { type: 'history', payload: { request_id: 'r', session, before: 9, turns: 10 } },
  put_blob: { type: 'put_blob', payload: { request_id: 'r', upload: 'u1', offset: 0, data: 'YWhveQ==', done: true } },
  get_blob: { type: 'get_blob', payload: { request_id: 'r', hash: hash as BlobHash, offset: 0 } },
  list_approvals: { type: 'list_approvals', payload: { request_id: 'r' } as never },
  revoke_approval: { type: 'revoke_approval', payload: { request_id: 'r', command: 'c1', hash } },
  health: { type: 'health', payload: { request_id: 'r' } as never },
}
