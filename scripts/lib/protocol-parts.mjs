import { QUEUED } from '../../packages/gateway/dist/commands.js'
import { NO_SESSION } from '../../packages/gateway/dist/context.js'
import { LIMITS } from '../../packages/gateway/dist/gateway.js'
import { PAGE_BYTES, TURN_MIB } from '../../packages/gateway/dist/history.js'
import { RETRYABLE } from '../../packages/gateway/dist/refusal.js'
import {
  APPEND_LIMIT,
  GATEWAY_ERROR_CODES,
  PROTOCOL_LIMITS,
  PROTOCOL_VERSION,
} from '../../packages/types/dist/index.js'
import { clientFrameSchema } from '../../packages/types/dist/schema.js'
import { FRAMES } from '../../packages/types/test/frames.ts'
import { REPLIES, UNASKED } from '../../packages/types/test/replies.ts'
import { readDeclared } from './declared.mjs'
import { tableOf } from './filled.mjs'
import { accepted, kindsIn, partsIn } from './frame-schema.mjs'

const declared = readDeclared([
  ...['protocol', 'commands', 'replies', 'provider', 'log'].map((name) => `packages/types/src/${name}.ts`),
  ...['event', 'live'].map((name) => `packages/session/src/${name}.ts`),
  ...['gateway', 'commands', 'history'].map((name) => `packages/gateway/src/${name}.ts`),
])
const asked = new Map(declared.membersOf('Commands').map((command) => [command.name, command]))
const replied = new Map(declared.membersOf('Replies').map((reply) => [reply.name, reply]))
const schemas = accepted(clientFrameSchema)

/** Every command that the page has to show. */
export const COMMANDS = Object.keys(FRAMES)

/** What makes each of the generated parts of docs/protocol.md, as lines. */
export const PROTOCOL_PARTS = {
  version: () => [`This is version ${PROTOCOL_VERSION}.`],
  values: () => [
    ...tableOf([['value', 'what it is'], ...kindsIn(schemas)]),
    '',
    ...tableOf([['part', 'field', 'takes'], ...partsIn(schemas)]),
  ],
  overview: () =>
    tableOf([['command', ''], ...COMMANDS.map((name) => [`[\`${name}\`](#${name})`, asked.get(name).what])]),
  commands: (...names) => spaced(names.flatMap(commandSection)),
  types: (...names) => spaced(names.flatMap(typeSection)),
  frames: (...names) => spaced(names.flatMap(frameSection)),
  envelope: () => json(FRAMES.send, reply('send'), noSession()),
  events: () => eventTable('NewSessionEvent').filter((line) => !line.startsWith('| `budget.')),
  transients: () => eventTable('TransientEvent'),
  errors: errorTable,
  limits: limitTable,
}

function commandSection(name) {
  const { what, fields } = asked.get(name)
  const { what: done, fields: answer } = replied.get(name)
  const { takes } = schemas.get(name)
  const rows = fields.map((field) => [nameOf(field), takes(field.name), field.what])
  return [
    `#### ${name}`,
    [what, done].filter((text) => text !== '').join(' '),
    ...(rows.length > 0 ? [tableOf([['field', 'takes', ''], ...rows]).join('\n')] : []),
    ...replyWords(answer),
    json(FRAMES[name], reply(name)).join('\n'),
  ]
}

function replyWords(fields) {
  if (fields.length === 0) return ['The reply is empty.']
  const [{ name, is, what }] = fields
  if (fields.length === 1) return [`The reply: \`${name}\`, ${is()}. ${what}`.trim()]
  return [tableOf([['in the reply', 'is', ''], ...fields.map(rowOf)]).join('\n')]
}

const typeSection = (name) => [
  `#### ${name}`,
  declared.docOf(name),
  tableOf([['field', 'is', ''], ...declared.fieldsOf(name).map(rowOf)]).join('\n'),
]

function frameSection(name) {
  const { what, fields } = declared.membersOf('ServerPayloads').find((frame) => frame.name === name)
  const examples = name === 'error' ? [noSession()] : UNASKED.filter(({ type }) => type === name)
  return [
    `#### ${name}`,
    what,
    tableOf([['field', 'is', ''], ...fields.map(rowOf)]).join('\n'),
    ...(name === 'reply' ? [] : [json(...examples).join('\n')]),
  ]
}

const nameOf = ({ name, optional }) => `\`${name}\`${optional ? '?' : ''}`
const rowOf = (field) => [nameOf(field), field.is(), field.what]
const spaced = (blocks) => blocks.join('\n\n').split('\n')

const json = (...frames) => ['```json', ...frames.map(onOneLine), '```']
/** As people write it: with spaces. */
const onOneLine = (value) =>
  JSON.stringify(value, undefined, 1)
    .replace(/\n */g, ' ')
    .replace(/\[ | \]/g, (bracket) => bracket.trim())
    .replaceAll('{ }', '{}')
const reply = (name) => ({
  type: 'reply',
  payload: { request_id: FRAMES[name].payload.request_id, result: REPLIES[name] },
})
const noSession = () => ({ type: 'error', payload: { request_id: '4', ...NO_SESSION.refused } })

function eventTable(union) {
  const rows = declared
    .unionOf(union)
    .map(({ type, fields, what }) => [
      `\`${type}\``,
      fields.map(({ name, is }) => `\`${name}: ${is}\``).join(', '),
      what,
    ])
  return tableOf([['type', 'fields', ''], ...rows])
}

function errorTable() {
  const when = declared.inside('GATEWAY_ERROR_CODES')
  const again = (code) => (code === 'internal' ? 'it says' : RETRYABLE.has(code) ? 'yes' : 'no') // as the log that failed
  const rows = GATEWAY_ERROR_CODES.map((code) => [`\`${code}\``, when.get(code), again(code)])
  return tableOf([['code', 'when', 'retryable'], ...rows])
}

function limitTable() {
  const ofProtocol = declared.inside('PROTOCOL_LIMITS')
  const ofGateway = declared.fieldsOf('GatewayLimits')
  const rows = [
    ...Object.entries(PROTOCOL_LIMITS).map(([name, value]) => [ofProtocol.get(name), bound(name, value)]),
    ['One `send` or `answer`, all parts together, as JSON.', bound('bytes', APPEND_LIMIT.bytes)],
    ...ofGateway.map(({ name, what }) => [what, bound(name, LIMITS[name])]),
    ...Object.entries({ QUEUED, PAGE_BYTES }).map(([name, value]) => [declared.constantDoc(name), bound(name, value)]),
    [declared.constantDoc('TURN_MIB'), `${TURN_MIB} MiB`],
  ]
  return tableOf([['what', 'at most'], ...rows])
}

function bound(name, value) {
  if (/bytes$/i.test(name)) return value % 2 ** 20 === 0 ? `${value / 2 ** 20} MiB` : `${value / 2 ** 10} KiB`
  if (/ms$/i.test(name)) return value % 1000 === 0 ? `${value / 1000} s` : `${value} ms`
  return value.toLocaleString('en')
}
