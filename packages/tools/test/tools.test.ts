import { createRegistry } from '@nacre/tool'
import { testContext } from '@nacre/tool/testing'
import { inProcessWorkspace, workspaceTools } from '@nacre/tools'
import { type FakeCommand, memoryWorkspace } from '@nacre/tools/testing'
import { type Blobs, blobHash } from '@nacre/types'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { call, noBlobs } from './support/call.js'
import { hostPlace } from './support/place.js'

it('the tools of a workspace are exactly these six', () => {
  const tools = workspaceTools(memoryWorkspace())
  expect(tools.map(({ name, safety, replay }) => [name, safety, replay])).toEqual([
    ['file_list', 'read-only', 'pure'],
    ['file_read', 'read-only', 'pure'],
    ['file_write', 'side-effecting', 'idempotent'],
    ['file_edit', 'side-effecting', 'never'],
    ['file_search', 'read-only', 'pure'],
    ['shell_exec', 'privileged', 'never'],
  ])
  const required = createRegistry(tools).specs.map(({ parameters }) => [
    Object.keys(parameters.properties ?? {}),
    parameters.required,
  ])
  expect(required).toEqual([
    [['path'], undefined],
    [['path', 'offset_bytes', 'limit_bytes'], ['path']],
    [
      ['path', 'content'],
      ['path', 'content'],
    ],
    [
      ['path', 'old_text', 'new_text', 'replace_all'],
      ['path', 'old_text', 'new_text'],
    ],
    [['pattern', 'path', 'glob', 'regex', 'ignore_case', 'max_matches'], ['pattern']],
    [['command', 'timeout_seconds'], ['command']],
  ])
})

describe('file_list', () => {
  it('lists /shared if no path is given, directories marked, sizes said', async () => {
    const workspace = memoryWorkspace({ 'b.txt': 'xyz', 'a/c': '', '/tmp/t': '1' })
    expect(await call(workspace, 'file_list', {})).toMatchObject({ outcome: 'ok', text: 'a/\nb.txt (3 bytes)' })
    expect((await call(workspace, 'file_list', { path: '/tmp' })).text).toBe('t (1 bytes)')
    expect((await call(memoryWorkspace(), 'file_list', {})).text).toBe('"/shared" is empty.')
  })

  it('says how many entries more than a thousand there are', async () => {
    const files = Object.fromEntries(Array.from({ length: 1_234 }, (_, n) => [String(n).padStart(4, '0'), '']))
    const { text } = await call(memoryWorkspace(files), 'file_list', {})
    expect(text).toMatch(/^0000 \(0 bytes\)/)
    expect(text).toMatch(/\n\[234 more entries not shown\]$/)
  })

  it('quotes a name that would pose as other entries', async () => {
    const { text } = await call(memoryWorkspace({ 'a (1 bytes)\nroot/x': '', 'b"': '' }), 'file_list', {})
    expect(text).toBe('"a (1 bytes)\\nroot"/\n"b\\"" (0 bytes)')
  })
})

describe('file_read', () => {
  it('gives a file that fits as it is', async () => {
    const workspace = memoryWorkspace({ a: 'line\n', empty: '' })
    expect(await call(workspace, 'file_read', { path: 'a' })).toMatchObject({ outcome: 'ok', text: 'line\n' })
    expect((await call(workspace, 'file_read', { path: 'empty' })).text).toBe('"empty" is empty.')
  })

  it('says where to read on, and where the end is', async () => {
    const workspace = memoryWorkspace({ a: '0123456789' })
    expect((await call(workspace, 'file_read', { path: 'a', limit_bytes: 4 })).text).toBe(
      '0123\n[bytes 0 to 4 of 10; read on with offset_bytes 4]',
    )
    expect((await call(workspace, 'file_read', { path: 'a', offset_bytes: 6 })).text).toBe(
      '6789\n[bytes 6 to 10 of 10, the end]',
    )
    expect(await call(workspace, 'file_read', { path: 'a', offset_bytes: 10 })).toMatchObject({
      outcome: 'error',
      text: '"a" has only 10 bytes; there is nothing at 10.',
    })
  })

  it('comes to the whole text when read on, whatever the slices', async () => {
    const text = fc.string({ unit: fc.constantFrom('🐚', 'é', '€', 'a', '\n'), minLength: 1, maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 4, max: 40 }), async (content, limit) => {
        const workspace = memoryWorkspace({ a: content })
        let whole = ''
        for (let offset: number | undefined = 0; offset !== undefined; ) {
          const said: string = (
            await call(workspace, 'file_read', { path: 'a', offset_bytes: offset, limit_bytes: limit })
          ).text
          const note: RegExpExecArray | null =
            /\n\[bytes \d+ to \d+ of \d+(?:, the end|; read on with offset_bytes (\d+))\]$/.exec(said)
          whole += note === null ? said : said.slice(0, note.index)
          offset = note?.[1] === undefined ? undefined : Number(note[1])
        }
        expect(whole).toBe(content)
      }),
    )
  })

  it('begins after a character whose middle was asked for', async () => {
    const { text } = await call(memoryWorkspace({ a: '🐚b' }), 'file_read', { path: 'a', offset_bytes: 1 })
    expect(text).toBe('b\n[bytes 4 to 5 of 5, the end]')
  })

  it.each([
    ['with a NUL', new Uint8Array([0x61, 0, 0x62])],
    ['with bytes that are no UTF-8', new Uint8Array([0x61, 0xff])],
    ['that ends within a character', new Uint8Array([0x61, 0xf0, 0x9f])],
  ])('tells politely of a file %s', async (_, bytes) => {
    const said = await call(memoryWorkspace({ bin: bytes }), 'file_read', { path: 'bin' })
    expect(said.outcome).toBe('error')
    expect(said.text).toMatch(/^"bin" is not UTF-8 text \(\d bytes\)\. Look at it/)
  })

  it('brings the mend of a refusal to the model', async () => {
    expect(await call(memoryWorkspace(), 'file_read', { path: '../secret' })).toMatchObject({
      outcome: 'error',
      text: 'The path "../secret" climbs with ".."\nWrite it without "..", from /shared',
    })
  })
})

describe('file_write', () => {
  it('writes the content under the fence of the call', async () => {
    const workspace = memoryWorkspace()
    await workspace.fence({ session: testContext().session, epoch: 2 })
    expect(await call(workspace, 'file_write', { path: 'a', content: 'é' })).toMatchObject({
      outcome: 'error',
      text: expect.stringMatching(/Epoch 1 .* is over/),
    })
    const written = await call(workspace, 'file_write', { path: 'a', content: 'é' }, testContext({ epoch: 2 }))
    expect(written).toMatchObject({ outcome: 'ok', text: 'Wrote 2 bytes to "a".' })
    expect(workspace.files.get('/shared/a')).toEqual(new TextEncoder().encode('é'))
  })
})

describe('shell_exec', () => {
  /** What a real command comes to, as its model sees it and as its blob has it. */
  const flood = async (command: string) => {
    const workspace = inProcessWorkspace(hostPlace())
    onTestFinished(() => workspace.close())
    const put: Uint8Array[] = []
    const blobs: Blobs = { ...noBlobs, put: async (bytes) => blobHash(`${put.push(bytes)}`) }
    const { outcome, parts, text } = await call(workspace, 'shell_exec', { command }, testContext(), blobs)
    expect(outcome).toBe('ok')
    expect(parts).toMatchObject([{ type: 'blob', mediaType: 'text/plain', sizeBytes: put[0]?.length }])
    return { text, stored: Buffer.concat(put).toString() }
  }
  const result = { stdout: '', stderr: '', droppedBytes: 0 }
  const answering = (run: FakeCommand) => memoryWorkspace({}, run)

  it.each([
    [
      { ...result, end: { type: 'exit', code: 0 }, stdout: 'é\n' },
      'ok',
      'exit code 0\nstdout (3 bytes):\né\n\nstderr: empty',
    ],
    [
      { ...result, end: { type: 'exit', code: 2 }, stderr: 'no' },
      'error',
      'exit code 2\nstdout: empty\nstderr (2 bytes):\nno',
    ],
    [
      { ...result, end: { type: 'signal', signal: 'SIGSEGV' } },
      'error',
      'ended by SIGSEGV, no exit code\nstdout: empty\nstderr: empty',
    ],
    [
      { ...result, end: { type: 'timeout' }, droppedBytes: 7 },
      'error',
      'stopped after 60 s, no exit code\nstdout: empty\nstderr: empty\n[7 bytes of output were not kept]',
    ],
    [{ ...result, end: { type: 'cancelled' } }, 'error', 'cancelled, no exit code\nstdout: empty\nstderr: empty'],
  ] as const)('says how it ended: %j', async (came, outcome, text) => {
    expect(
      await call(
        answering(() => came),
        'shell_exec',
        { command: 'x' },
      ),
    ).toMatchObject({ outcome, text })
  })

  it('passes command, fence, signal, deadline and progress on', async () => {
    const seen: unknown[] = []
    const workspace = answering((command, { fence, timeoutMs, onOutput }) => {
      seen.push(command, fence.epoch, timeoutMs)
      onOutput?.('stderr', 'live')
      return { ...result, end: { type: 'exit', code: 0 } }
    })
    const context = testContext({ epoch: 7, progress: (stream, text) => seen.push(`${stream}:${text}`) })
    await call(workspace, 'shell_exec', { command: 'make', timeout_seconds: 9 }, context)
    expect(seen).toEqual(['make', 7, 9_000, 'stderr:live'])
  })

  it('keeps a long output whole in a blob, and shows its head and tail', async () => {
    const { text, stored } = await flood('seq 1 400000; seq 400001 800000 >&2')
    const lines = (from: number) => `${Array.from({ length: 400_000 }, (_, n) => from + n).join('\n')}\n`
    const [out, err] = [lines(1), lines(400_001)]
    // A difference of megabytes takes minutes to show.
    expect(stored === `exit code 0\nstdout (${out.length} bytes):\n${out}\nstderr (${err.length} bytes):\n${err}`).toBe(
      true,
    )
    expect(text).toMatch(/^exit code 0\nstdout \(2688895 bytes\):\n1\n2\n/)
    expect(text).toMatch(/\n799999\n800000\n$/)
    expect(text.length).toBeLessThanOrEqual(16 * 1024)
  })

  it('keeps 64 MB of output within 8 MiB, and says how much is not there', async () => {
    const { text, stored } = await flood('yes | head -c 32000000; yes n | head -c 32000000 >&2')
    expect(stored.length).toBeLessThan(8 * 1024 * 1024 + 1_000)
    expect(stored.length).toBeGreaterThan(8 * 1024 * 1024 - 1_000)
    const kept = [...stored.matchAll(/bytes left out|of output were not kept/g)]
    expect(kept).toHaveLength(3)
    const notKept = Number(/\[(\d+) bytes of output were not kept\]$/.exec(text)?.[1])
    expect(stored.match(/[yn]\n/g)).toHaveLength((64_000_000 - notKept) / 2)
  })

  it('runs for real, and a cancelled one keeps what it had said', async () => {
    const workspace = inProcessWorkspace(hostPlace())
    onTestFinished(() => workspace.close())
    expect((await call(workspace, 'shell_exec', { command: 'echo hi > a; cat a' })).text).toBe(
      'exit code 0\nstdout (3 bytes):\nhi\n\nstderr: empty',
    )
    const cancel = new AbortController()
    const context = testContext({ signal: cancel.signal, progress: () => cancel.abort() })
    const cancelled = await call(workspace, 'shell_exec', { command: 'echo half; exec sleep 1000' }, context)
    expect(cancelled).toMatchObject({
      outcome: 'interrupted',
      text: 'Cancelled.\ncancelled, no exit code\nstdout (5 bytes):\nhalf\n\nstderr: empty',
    })
  })
})
