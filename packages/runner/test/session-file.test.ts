import { createHash } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openLog } from '@nacre/log'
import { checkpointBytes, fold, lift, type NewSessionEvent, type SessionEvent, type SessionState } from '@nacre/session'
import { stored } from '@nacre/session/testing'
import {
  blobHash,
  callId,
  commandId,
  inputId,
  LEDGER,
  type StoredEvent,
  sessionId,
  stepId,
  streamName,
  turnId,
} from '@nacre/types'
import { describe, expect, test } from 'vitest'
import { wrongWith } from '../src/session-file/event-schema.js'
import { html } from '../src/session-file/html.js'
import { markdown } from '../src/session-file/markdown.js'
import { readSessionFile } from '../src/session-file/read.js'
import { restore } from '../src/session-file/restore.js'
import { fileAt } from '../src/session-file/source.js'
import { sessionLines } from '../src/session-file/write.js'
import { freshRoot, logIn, USER } from './house.js'
import { makePlace } from './place.js'

const NOW = 1_800_000_000_000
const turn = turnId('a')
const step = stepId('a.1')
const BYTES = new TextEncoder().encode('a long text that was put beside the log')
const HASH = blobHash(createHash('sha256').update(BYTES).digest('hex'))
const text = (text: string) => ({ type: 'text', text }) as const
const blob = { type: 'blob', hash: HASH, mediaType: 'text/plain', sizeBytes: BYTES.length, preview: 'a long' } as const

/** A session that has been through a turn with a tool, a blob and a checkpoint. */
const SESSION: readonly NewSessionEvent[] = [
  { type: 'session.created', title: 'Boats', agent: 'default' },
  { type: 'session.claimed', epoch: 1, engine: 'e' },
  { type: 'turn.queued', input: inputId('a'), parts: [text('look <b>'), blob], mode: 'queue', by: 'test' },
  { type: 'turn.started', turn, allowance: { tokens: 10 } },
  { type: 'step.started', turn, step, inputs: [inputId('a')], provider: 'p', model: 'm' },
  {
    type: 'step.finished',
    step,
    outcome: 'completed',
    parts: [
      { type: 'reasoning', text: 'hm', extra: { signature: 'x' } },
      { type: 'call', call: callId('a.1.0'), name: 'file_read', argsText: '{"path": "notes.md"}' },
    ],
    usage: { inputTokens: 1, outputTokens: 2 },
  },
  { type: 'tool.started', call: callId('a.1.0'), name: 'file_read', epoch: 1 },
  {
    type: 'tool.finished',
    call: callId('a.1.0'),
    outcome: 'ok',
    parts: [text('``` <script>alert(1)</script>\u001b[2J')],
  },
  { type: 'step.started', turn, step: stepId('a.2'), inputs: [], provider: 'p', model: 'm' },
  {
    type: 'step.finished',
    step: stepId('a.2'),
    outcome: 'completed',
    parts: [text('There is a **boat**.')],
    stop: 'stop',
  },
  { type: 'turn.finished', turn, outcome: 'completed' },
]

async function* each<T>(items: Iterable<T>): AsyncIterable<T> {
  yield* items
}
const blobs = async (hash: string) => (hash === HASH ? BYTES : undefined)

async function exported(events: readonly StoredEvent[], session = 'boats'): Promise<string> {
  const lines: string[] = []
  const source = { session: sessionId(session), events: each(events), blob: blobs, onMissing: () => undefined }
  for await (const line of sessionLines(source)) lines.push(line)
  return lines.join('')
}

function fileOf(content: string): string {
  const path = join(freshRoot(), 'file.jsonl')
  writeFileSync(path, content)
  return path
}

/** What a log holds after an import, and what it exports again. */
async function imported(content: string) {
  const path = fileOf(content)
  let clock = NOW
  const log = await openLog({ path: logIn(freshRoot()), now: () => clock })
  // Somebody was there before, so that no seq is the file's.
  await log.append(streamName(USER, sessionId('other')), [
    { type: 'session.created', title: '', agent: 'a' } as NewSessionEvent,
  ])
  const stream = streamName(USER, sessionId('boats'))
  const setClock = (at: number) => {
    clock = at
  }
  const told = await restore(readSessionFile(fileAt(path), NOW), sessionId('boats'), { log, stream, setClock }, NOW)
  const { events } = await log.read(stream)
  const head = await log.head(stream)
  const checkpoint = events.find((event) => event.type === 'session.compacted')
  const state = checkpoint && (await log.blobs.get(Reflect.get(checkpoint, 'state')))
  const put = await log.blobs.get(HASH)
  await log.close()
  return { told, events, head, state, put, again: await exported(events) }
}

const without = (event: object) => ({ ...event, seq: 0 })
const foldOf = (events: readonly StoredEvent[]): SessionState => fold(events.map((event) => lift(event)))

describe('a session as a file', () => {
  test('comes back with every event, time and blob, and is the same bytes when it is exported again', async () => {
    const events = stored(SESSION)
    const file = await exported(events)
    const back = await imported(file)
    expect(back.told).toEqual({ events: SESSION.length, blobs: 1, closed: false })
    expect(back.events.map(without)).toEqual(events.map(without))
    expect(back.put).toEqual(BYTES)
    expect(back.again).toBe(file)
    expect(back.head).toMatchObject({ title: 'Boats', status: 'idle', openWork: false })
  })

  test('has its checkpoints made anew: they are of the events as they lie here', async () => {
    const compaction = { step: stepId('a.2'), pins: ['a pin'], summary: 'boats' }
    const before = stored(SESSION)
    const after = stored(
      [
        { type: 'session.compacted', upTo: before.at(-1)?.seq ?? 0, state: blobHash('0'.repeat(64)), ...compaction },
        { type: 'notice.posted', level: 'info', text: 'later' },
      ],
      before.at(-1)?.seq,
    )
    const file = await exported([...before, ...after])
    expect(file).not.toContain('upTo')
    const back = await imported(file)
    const [checkpoint] = back.events.filter((event) => event.type === 'session.compacted')
    const covered = back.events.filter((event) => event.seq < (checkpoint?.seq ?? 0))
    expect(checkpoint).toMatchObject({ upTo: covered.at(-1)?.seq, ...compaction })
    expect(new TextDecoder().decode(back.state)).toBe(
      new TextDecoder().decode(checkpointBytes({ ...foldOf(covered), compaction })),
    )
    expect(back.again).toBe(file)
  })

  test('what only the original can go on with is closed, and what was approved for it is not approved', async () => {
    const asked: readonly NewSessionEvent[] = [
      ...SESSION.slice(0, 6),
      { type: 'approval.requested', call: callId('a.1.0'), name: 'file_read', hash: HASH, safety: 'privileged' },
      {
        type: 'approval.resolved',
        command: commandId('c'),
        call: callId('a.1.0'),
        hash: HASH,
        verdict: 'approved',
        scope: 'session',
        by: 'test',
      },
    ]
    expect(foldOf(stored(asked))).toMatchObject({ approved: [HASH] })
    const { told, events, head } = await imported(await exported(stored(asked)))
    expect(told.closed).toBe(true)
    expect(head).toMatchObject({ status: 'idle', openWork: false })
    expect(foldOf(events)).toMatchObject({ approved: [], queue: [] })
    expect(foldOf(events).open).toBeUndefined()
  })

  test('a session at rest brings no approval with it that was given elsewhere', async () => {
    const call = callId('a.1.0')
    const approved: readonly NewSessionEvent[] = [
      ...SESSION.slice(0, 6),
      { type: 'approval.requested', call, name: 'file_read', hash: HASH, safety: 'privileged' },
      {
        type: 'approval.resolved',
        command: commandId('c'),
        call,
        hash: HASH,
        verdict: 'approved',
        scope: 'session',
        by: 'test',
      },
      ...SESSION.slice(6),
    ]
    expect(foldOf(stored(approved))).toMatchObject({ approved: [HASH], queue: [] })
    const { told, events } = await imported(await exported(stored(approved)))
    expect(told.closed).toBe(true)
    expect(foldOf(events).approved).toEqual([])
  })

  test('keeps a blob that was gone as gone', async () => {
    const source = { session: sessionId('boats'), events: each(stored(SESSION)), blob: async () => undefined }
    const missing: string[] = []
    let file = ''
    for await (const line of sessionLines({ ...source, onMissing: (hash) => missing.push(hash) })) file += line
    expect(missing).toEqual([HASH])
    expect((await imported(file)).told).toEqual({ events: SESSION.length, blobs: 0, closed: false })
  })

  test('a blob of several pieces is whole again', async () => {
    const bytes = Buffer.alloc(1_000_001, 'abc')
    const hash = blobHash(createHash('sha256').update(bytes).digest('hex'))
    const events = stored([
      SESSION[0] as NewSessionEvent,
      { type: 'notice.posted', level: 'info', text: 'x' },
      { type: 'prefix.set', hash, reason: 'first turn' },
    ])
    let file = ''
    const source = {
      session: sessionId('boats'),
      events: each(events),
      blob: async () => bytes,
      onMissing: () => undefined,
    }
    for await (const line of sessionLines(source)) file += line
    const items = []
    for await (const item of readSessionFile(fileAt(fileOf(file)), NOW)) items.push(item)
    expect(items.filter((item) => item.type === 'blob')).toMatchObject([{ hash, bytes }])
  })
})

describe('a file that is not what an export writes', () => {
  const damaged: readonly (readonly [string, (lines: string[]) => string[], string])[] = [
    ['is empty', () => [], 'ends before'],
    ['has lost its end', (lines) => lines.slice(0, -1), 'ends before'],
    ['has lost an event', (lines) => lines.toSpliced(2, 1), 'should be 2'],
    ['has an event twice', (lines) => lines.toSpliced(2, 0, lines[2] ?? ''), 'should be 3'],
    ['says more behind its end', (lines) => [...lines, lines[1] ?? ''], 'behind the end'],
    ['has no header', (lines) => lines.slice(1), 'no session that was exported'],
    [
      'is of a later version',
      (lines) => [(lines[0] ?? '').replace('"version":1', '"version":2'), ...lines.slice(1)],
      'version is 2',
    ],
    ['has an id that is none', (lines) => [(lines[0] ?? '').replace('boats', '../x'), ...lines.slice(1)], 'header'],
    ['is no JSON', (lines) => lines.with(3, '{"seq":'), 'no JSON object'],
    ['has a blob changed', (lines) => lines.map((line) => line.replace('"data":"YSBs', '"data":"YSBt')), 'hash says'],
    ['has lost a blob', (lines) => lines.filter((line) => !line.includes('"blob":')), 'is not in the file'],
    [
      'has a blob too many',
      (lines) => lines.toSpliced(-1, 0, `{"missing":"${'0'.repeat(64)}"}`, lines[1] ?? ''),
      'should be',
    ],
    ['names a blob for nothing', (lines) => lines.toSpliced(1, 0, `{"missing":"${'0'.repeat(64)}"}`), 'does not name'],
    [
      'has a key too many',
      (lines) => lines.map((line) => line.replace('"epoch":1,"engine"', '"x":1,"epoch":1,"engine"')),
      'nrecognized',
    ],
    ['has a wrong value', (lines) => lines.map((line) => line.replace('"mode":"queue"', '"mode":"jump"')), 'mode'],
    [
      'has an unknown event',
      (lines) => lines.map((line) => line.replace('session.claimed', 'session.moved')),
      'no type of event',
    ],
    ['has an event of another version', (lines) => lines.with(2, (lines[2] ?? '').replace('"v":1', '"v":9')), 'v:'],
    ['runs backwards', (lines) => lines.with(-2, (lines.at(-2) ?? '').replace(/"at":\d+/, '"at":5')), 'older than'],
    [
      'comes from the future',
      (lines) => lines.with(-2, (lines.at(-2) ?? '').replace(/"at":\d+/, `"at":${NOW + 999_999}`)),
      'future',
    ],
    ['counts wrong', (lines) => lines.with(-1, '{"end":3}'), 'events it has'],
    ['has a line without end', (lines) => lines.with(3, 'x'.repeat(1024 * 1024 + 1)), 'more than 1048576 bytes'],
  ]
  test.each(damaged)('%s: it is refused, with its line', async (_, damage, why) => {
    const lines = (await exported(stored(SESSION))).trimEnd().split('\n')
    const path = fileOf(
      damage(lines)
        .map((line) => `${line}\n`)
        .join(''),
    )
    const read = async () => {
      for await (const _ of readSessionFile(fileAt(path), NOW));
    }
    await expect(read()).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringMatching(new RegExp(`^Line \\d+ of .*${why}`)),
      mend: expect.stringContaining('Export'),
    })
  })

  test('each event that a session may hold is known to the judge of files', () => {
    for (const event of stored(SESSION)) {
      const { seq, at, v, type, ...fields } = event
      expect(wrongWith({ seq, at, v, type, ...fields }), type).toBeUndefined()
    }
  })
})

describe('a session to read', () => {
  const record = {
    session: sessionId('boats'),
    title: 'Boats <i>',
    agent: 'default',
    status: 'idle',
    seq: 1,
    created_at: NOW,
    updated_at: NOW,
  } as const
  const viewed = async (view: typeof html, events: readonly SessionEvent[] = stored(SESSION)) => {
    let all = ''
    for await (const piece of view(record, each(events))) all += piece
    return all
  }

  test('as HTML is one file without script or address, in which everything said is text', async () => {
    const page = await viewed(html)
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(page).not.toMatch(/<script|\son\w+=|\ssrc=|\shref=/)
    expect(page).not.toContain('\u001b')
    expect(page).toMatch(/Content-Security-Policy" content="default-src 'none'; style-src 'sha256-/)
    const style = /<style>([\s\S]*)<\/style>/.exec(page)?.[1] ?? ''
    expect(page).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`)
    expect(page).toContain('color-scheme: light dark')
    expect(page).toContain('There is a **boat**.')
  })

  test('as Markdown lets nothing out of its fence, and drives no terminal', async () => {
    const page = await viewed(markdown)
    expect(page).toContain('# Boats <i>\n')
    expect(page).toContain('````text\n``` <script>')
    expect(page).toContain('> look <b>')
    expect(page).not.toContain('\u001b')
  })

  test('shows a turn that is not over, and what waits behind it', async () => {
    const waiting = stored([
      ...SESSION.slice(0, 6),
      { type: 'turn.queued', input: inputId('b'), parts: [text('and then?')], mode: 'queue', by: 'test' },
    ])
    expect(await viewed(markdown, waiting)).toMatch(/file_read\*\* \(called\)[\s\S]*not over[\s\S]*> and then\?/)
  })
})

describe('export and import', { timeout: 60_000 }, () => {
  test('bring a session from one home into another', async () => {
    await using here = makePlace()
    await here.run('start', '--detach')
    await here.run('ask', 'read notes.md')
    await here.run('stop')
    const [one] = (await here.run('sessions', '--json')).stdout.split('\n')
    const { session } = JSON.parse(one ?? '{}')
    const out = join(here.root, 'boats.jsonl')
    const told = await here.run('export', session.slice(0, 8), '--out', out, '--json')
    expect(JSON.parse(told.stdout)).toEqual({ session, format: 'jsonl', path: out, size_bytes: statSync(out).size })
    expect((statSync(out).mode & 0o777).toString(8)).toBe('600')
    expect((await here.run('export', session)).stdout).toBe(readFileSync(out, 'utf8'))
    expect(await here.run('export', session, '--out', out)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('another'),
    })
    expect((await here.run('export', session, '--format', 'html')).stdout).toContain('</html>')
    expect((await here.run('export', session, '--format', 'markdown')).stdout).toContain('> read notes.md')

    await using there = makePlace()
    expect(JSON.parse((await there.run('import', out, '--json')).stdout)).toMatchObject({
      session,
      from: session,
      closed: false,
    })
    expect((await there.run('export', session)).stdout).toBe(readFileSync(out, 'utf8'))
    expect(await there.run('import', out)).toMatchObject({ code: 1, stderr: expect.stringContaining('--as') })
    for (const id of ['Boats', LEDGER]) expect((await there.run('import', out, '--as', id)).code).toBe(2)
    expect(await there.run('import', out, '--as', 'again')).toMatchObject({ code: 0 })
    expect((await there.run('import', join(here.root, 'none'))).code).toBe(1)
    await there.run('start', '--detach')
    await there.run('ask', 'later')
    await there.run('stop')
    await there.run('import', out, '--as', 'last')
    const listed = (await there.run('sessions', '--json')).stdout.trim().split('\n')
    expect(listed.map((line) => JSON.parse(line).title)[0]).toBe('later')
    await there.run('start', '--detach')
    expect(await there.run('import', out, '--as', 'third')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('stop'),
    })
    expect(await there.run('ask', '--session', 'again', 'help')).toMatchObject({ code: 0 })
  })
})
