import { type BlobHash, type ClientFrame, type CommandType, PROTOCOL_VERSION, type SessionId } from '@nacre/types'

const session = 'boat' as SessionId
const hash = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'
const parts = [{ type: 'text' as const, text: 'list files' }]

/**
 * One good frame of every command, with every optional key: the examples of docs/protocol.md. (No value is a
 * `Record<string, never>` with a request id.)
 */
export const FRAMES: { readonly [T in CommandType]: Extract<ClientFrame, { type: T }> } = {
  hello: {
    type: 'hello',
    payload: { request_id: '1', protocol_version: PROTOCOL_VERSION, token: '…', client: 'my-face' },
  },
  subscribe: { type: 'subscribe', payload: { request_id: '2', session, after: 0 } },
  unsubscribe: { type: 'unsubscribe', payload: { request_id: '3', session } },
  send: { type: 'send', payload: { request_id: '4', session, input: 'k3v9', parts, mode: 'queue' } },
  cancel: { type: 'cancel', payload: { request_id: '5', session, command: 'c1', turn: 'k3v9' } },
  cancel_all: { type: 'cancel_all', payload: { request_id: '6', command: 'c2' } },
  approve: {
    type: 'approve',
    payload: { request_id: '7', session, command: 'c3', call: 'k3v9.1.0', hash, scope: 'once' },
  },
  deny: { type: 'deny', payload: { request_id: '8', session, command: 'c4', call: 'k3v9.1.0', hash } },
  answer: {
    type: 'answer',
    payload: { request_id: '9', session, command: 'c5', question: 'k3v9.1.1', parts: [{ type: 'text', text: 'yes' }] },
  },
  select: {
    type: 'select',
    payload: { request_id: '10', session, command: 'c6', agent: 'default', model: 'anthropic/claude-sonnet-4-5' },
  },
  compact: { type: 'compact', payload: { request_id: '11', session, input: 'k3w0' } },
  create_session: { type: 'create_session', payload: { request_id: '12', session, title: 'Boats', agent: 'default' } },
  list_sessions: { type: 'list_sessions', payload: { request_id: '13', archived: true } },
  find_session: { type: 'find_session', payload: { request_id: '14', prefix: 'bo' } },
  fork_session: {
    type: 'fork_session',
    payload: { request_id: '15', session, target: 'raft' as SessionId, up_to: 17 },
  },
  rename_session: { type: 'rename_session', payload: { request_id: '16', session, command: 'c7', title: 'Rafts' } },
  archive_session: { type: 'archive_session', payload: { request_id: '17', session, command: 'c8', archived: true } },
  delete_session: { type: 'delete_session', payload: { request_id: '18', session } },
  history: { type: 'history', payload: { request_id: '19', session, before: 9, turns: 10 } },
  put_blob: { type: 'put_blob', payload: { request_id: '20', upload: 'u1', offset: 0, data: 'dGVzdA==', done: true } },
  get_blob: { type: 'get_blob', payload: { request_id: '21', hash: hash as BlobHash, offset: 0 } },
  list_approvals: { type: 'list_approvals', payload: { request_id: '22' } as never },
  revoke_approval: { type: 'revoke_approval', payload: { request_id: '23', command: 'c9', hash } },
  list_agents: { type: 'list_agents', payload: { request_id: '24' } as never },
  session_usage: { type: 'session_usage', payload: { request_id: '25', session } },
  health: { type: 'health', payload: { request_id: '26' } as never },
}
