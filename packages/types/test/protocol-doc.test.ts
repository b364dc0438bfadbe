import { readFileSync } from 'node:fs'
import {
  APPEND_LIMIT,
  APPROVAL_SCOPES,
  GATEWAY_ERROR_CODES,
  PART_LIMIT_BYTES,
  PROTOCOL_LIMITS,
  PROTOCOL_VERSION,
} from '@nacre/types'
import { clientFrameSchema } from '@nacre/types/schema'
import { describe, expect, it } from 'vitest'
import { FRAMES } from './frames.js'
import { REPLIES, SHAPES } from './told.js'

// The formatter pads tables.
const page = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8').replace(/ {2,}/g, ' ')

const section = (title: string): string => page.split(/^## /m).find((text) => text.startsWith(`${title}\n`)) ?? ''
/** The columns behind the name, in a row of a section's table. */
const columns = (title: string, name: string) =>
  section(title)
    .match(new RegExp(`^\\| \`${name}\` \\| (.*) \\|$`, 'm'))?.[1]
    ?.split(' | ') ?? []
/** Names in code letters, without the mark of what may be left out. */
const inCode = (text = '') => [...text.matchAll(/`(\w+)`/g)].map(([, name = '']) => name)
/** `{ a, b?, c }` as its names, b among them. */
const shapesIn = (text: string) =>
  [...text.matchAll(/`\{ ([\w?, ]+) \}`/g)].map(([, names = '']) => names.split(', ').join(' '))
/** The first column of a section's table, where it is a name in code letters. */
const names = (title: string) => [...section(title).matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)
/** What may stand in code letters beside the keys: words that a key may be, and where they come from. */
const WORDS = ['queue', 'steer', 'reject', ...APPROVAL_SCOPES, 'list_agents', 'agents']

describe('docs/protocol.md', () => {
  it('names every command of the code, and no other', () => {
    expect(names('Commands')).toEqual(Object.keys(FRAMES))
  })

  it('names every key of every command, and no other', () => {
    for (const [type, { payload }] of Object.entries(FRAMES)) {
      const keys = Object.keys(payload).filter((key) => key !== 'request_id')
      const named = inCode(columns('Commands', type)[0])
      expect([type, keys.filter((key) => !named.includes(key))]).toEqual([type, []])
      expect([type, named.filter((name) => ![...keys, ...WORDS].includes(name))]).toEqual([type, []])
    }
  })

  it('names every key of every reply, in the table or as a shape', () => {
    const whole = shapesIn(page).map((names) => names.replaceAll('?', '').split(' ').toSorted().join(' '))
    for (const [type, reply] of Object.entries(REPLIES)) {
      const keys = Object.keys(reply)
      const named = inCode(columns('Commands', type)[1])
      const isShape = whole.includes(keys.toSorted().join(' '))
      expect([type, isShape ? [] : keys.filter((key) => !named.includes(key))]).toEqual([type, []])
    }
  })

  it.each(Object.entries(SHAPES))('shows what is in %s, and what may be left out', (_, shape) => {
    expect(shapesIn(page)).toContain(shape.join(' '))
  })

  it('names every error code of the code, and no other', () => {
    expect(names('Errors')).toEqual([...GATEWAY_ERROR_CODES])
  })

  it('shows client frames that the gateway accepts, and JSON everywhere', () => {
    const lines = [...page.matchAll(/```json\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.trim().split('\n'))
    const shown = lines.map((line) => JSON.parse(line) as { type: string })
    const commands = shown.filter(({ type }) => type in FRAMES)
    expect(commands.map(({ type }) => type)).toEqual(['hello', 'send'])
    for (const frame of commands) expect(clientFrameSchema.safeParse(frame).success).toBe(true)
  })

  it('says the version and the limits that the code has', () => {
    expect(page).toContain(`# The gateway protocol, version ${PROTOCOL_VERSION}\n`)
    expect(page).toContain(`| one frame to the gateway | ${PROTOCOL_LIMITS.frameBytes / 1024 ** 2} MiB;`)
    expect(page).toContain(`before the hello was accepted ${PROTOCOL_LIMITS.handshakeBytes / 1024} KiB`)
    expect(page).toContain(`within ${PROTOCOL_LIMITS.handshakeMs.toLocaleString('en')} ms`)
    expect(page).toContain(`pings every ${PROTOCOL_LIMITS.pingMs / 1000} s`)
    expect(page).toContain(
      `| a blob that is sent, one piece of it | ${PROTOCOL_LIMITS.blobBytes / 1024 ** 2} MiB, ${PROTOCOL_LIMITS.pieceBytes / 1024} KiB before base64;`,
    )
    expect(page).toContain(`| one text part | ${PART_LIMIT_BYTES / 1024} KiB of UTF-8 |`)
    expect(page).toContain(
      `| one \`send\` or \`answer\`, all parts together | ${APPEND_LIMIT.bytes / 1024} KiB as JSON`,
    )
  })
})
