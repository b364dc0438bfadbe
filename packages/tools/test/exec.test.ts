import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { inProcessWorkspace } from '@nacre/tools'
import type { ExecOptions } from '@nacre/types'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fence, hostPlace, refusal } from './support/place.js'
import { markedSleep, running } from './support/processes.js'

const LINUX = process.platform === 'linux'

function make(more: { env?: Record<string, string> } = {}) {
  const place = hostPlace()
  const workspace = inProcessWorkspace({ ...place, ...more })
  onTestFinished(() => workspace.close())
  const run = (command: string, options: Partial<ExecOptions> = {}) =>
    workspace.exec(command, { fence, signal: new AbortController().signal, timeoutMs: 20_000, ...options })
  return { ...place, workspace, run }
}

/** Resolves when a command has said `ready`; give `onOutput` to it. */
function readiness() {
  const { promise: ready, resolve } = Promise.withResolvers<void>()
  let said = ''
  const onOutput = (_: string, text: string) => {
    said += text
    if (said.includes('ready')) resolve()
  }
  return { ready, onOutput }
}

describe('a command', () => {
  it('gives its exit code, and what it said on both streams apart', async () => {
    const { run } = make()
    expect(await run('echo out; echo err >&2; exit 3')).toEqual({
      end: { type: 'exit', code: 3 },
      stdout: 'out\n',
      stderr: 'err\n',
      droppedBytes: 0,
    })
    expect((await run('kill -9 $$')).end).toEqual({ type: 'signal', signal: 'SIGKILL' })
    expect((await run('-not-an-option')).end).toEqual({ type: 'exit', code: 127 })
  })

  it('runs in /shared with an environment of its own, nothing inherited', async () => {
    const { run, root, tmp } = make({ env: { EXTRA: 'given' } })
    process.env.NACRE_TEST_SECRET = 'leaked'
    onTestFinished(() => void delete process.env.NACRE_TEST_SECRET)
    const names = (await run('pwd; env')).stdout.trim().split('\n')
    expect(names.shift()).toBe(root)
    const ours = names.filter((line) => !/^(PWD|OLDPWD|SHLVL|_)=/.test(line)).toSorted()
    const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
    expect(ours).toEqual([`EXTRA=given`, `HOME=${root}`, 'LANG=C.UTF-8', `PATH=${path}`, 'TERM=dumb', `TMPDIR=${tmp}`])
  })

  it('has an empty input, no descriptor of the watcher, and can wait for its own children', async () => {
    const { run } = make()
    expect((await run('cat; (: <&3) 2>/dev/null && echo open || echo closed; true & wait; echo waited')).stdout).toBe(
      'closed\nwaited\n',
    )
  })

  it('is not begun when cancelled before, and refused when it cannot be one', async () => {
    const { run, workspace } = make()
    const early = await run('echo ran > file', { signal: AbortSignal.abort() })
    expect(early).toEqual({ end: { type: 'cancelled' }, stdout: '', stderr: '', droppedBytes: 0 })
    expect(await workspace.list('/shared')).toEqual([])
    expect(await refusal(() => run('a\0b'))).toMatchObject({ code: 'invalid_input' })
    expect(await refusal(() => run('x'.repeat(100 * 1024 + 1)))).toMatchObject({ code: 'limit_exceeded' })
  })

  it('shows output as it comes', async () => {
    const { run } = make()
    const seen: string[] = []
    const answer = readiness()
    const cancel = new AbortController()
    const result = run('echo ready; exec sleep 1000', {
      signal: cancel.signal,
      onOutput: (stream, text) => {
        seen.push(`${stream}:${text}`)
        answer.onOutput(stream, text)
      },
    })
    await answer.ready
    expect(seen).toEqual(['stdout:ready\n'])
    cancel.abort()
    expect(await result).toMatchObject({ end: { type: 'cancelled' }, stdout: 'ready\n' })
  })

  it('ends with the error of a listener that throws, not the whole program', async () => {
    const { run } = make()
    const sleep = markedSleep()
    const onOutput = () => {
      throw new Error('listener')
    }
    await expect(run(`echo ready; ${sleep}`, { onOutput })).rejects.toThrow('listener')
    expect(running(sleep)).toEqual([])
  })

  it('keeps characters whole in a long output', async () => {
    const { run } = make()
    let shown = ''
    const { stdout, droppedBytes } = await run("yes '🐚🐚🐚' | head -n 400000", {
      onOutput: (_, text) => {
        shown += text
      },
    })
    expect(shown).toBe('🐚🐚🐚\n'.repeat(400_000))
    expect(stdout).not.toContain('\ufffd')
    expect(Buffer.byteLength(stdout)).toBeLessThanOrEqual(4 * 1024 * 1024)
    expect(droppedBytes).toBeGreaterThan(1_000_000)
  })
})

describe('what a command leaves or holds', () => {
  it('a flood stays within its bound, in the result and in memory', async () => {
    const { run } = make()
    const cancel = new AbortController()
    let bytes = 0
    const held: number[] = []
    const { end, stdout, stderr, droppedBytes } = await run('yes | head -c 100000000; exec yes >&2', {
      signal: cancel.signal,
      onOutput: (_, text) => {
        bytes += text.length
        if (bytes > (held.length + 1) * 60_000_000) held.push(heldBytes())
        if (held.length === 3) cancel.abort()
      },
    })
    expect(end).toEqual({ type: 'cancelled' })
    for (const text of [stdout, stderr]) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4 * 1024 * 1024)
    expect(stdout).toMatch(/^y\ny\n[\s\S]*\n\[\.\.\. \d+ bytes left out \.\.\.\]\n[\s\S]*y\n$/)
    expect(droppedBytes).toBeGreaterThan(170_000_000)
    expect(Math.max(...held) - Math.min(...held)).toBeLessThan(50_000_000)
  }, 30_000)

  it('a child in the background is gone with the command', async () => {
    const { run } = make()
    const sleep = markedSleep()
    expect(await run(`${sleep} & echo done`)).toMatchObject({ end: { type: 'exit', code: 0 }, stdout: 'done\n' })
    expect(running(sleep)).toEqual([])
  })

  it('a child that made a group of its own is gone too', async (context) => {
    if (!LINUX) context.skip('only on Linux: elsewhere only the group is ended')
    const { run } = make()
    const sleep = markedSleep()
    expect((await run(`timeout 1000 ${sleep} & echo done`)).stdout).toBe('done\n')
    expect(running(sleep)).toEqual([])
  })

  it('a child that called setsid escapes, as documented, and does not hold up the result', async (context) => {
    if (!LINUX) context.skip('only on Linux: elsewhere there is no setsid')
    const { run } = make()
    const sleep = markedSleep()
    const result = await run(`setsid sh -c 'echo > flag; exec ${sleep}' & until [ -s flag ]; do :; done`)
    expect(result.end).toEqual({ type: 'exit', code: 0 })
    await expect.poll(() => running(sleep)).toHaveLength(1)
  })
})

describe('a command is gone within two seconds', () => {
  const family = (sleep: string) =>
    `${sleep} & (${sleep} &) ; ${LINUX ? `timeout 1000 ${sleep} &` : ''} (trap '' TERM; ${sleep}; ${sleep}) & echo ready; wait`

  it('of a cancel, with all its children', async () => {
    const { run } = make()
    const sleep = markedSleep()
    const cancel = new AbortController()
    const { ready, onOutput } = readiness()
    const result = run(family(sleep), { signal: cancel.signal, onOutput })
    await ready
    const began = performance.now()
    cancel.abort()
    expect((await result).end).toEqual({ type: 'cancelled' })
    expect(performance.now() - began).toBeLessThan(2_000)
    expect(running(sleep)).toEqual([])
  })

  it('of a cancel that it ignores', async () => {
    const { run } = make()
    const sleep = markedSleep()
    const cancel = new AbortController()
    const { ready, onOutput } = readiness()
    const result = run(`trap '' TERM; echo ready; while :; do ${sleep}; done`, { signal: cancel.signal, onOutput })
    await ready
    const began = performance.now()
    cancel.abort()
    expect((await result).end).toEqual({ type: 'cancelled' })
    expect(performance.now() - began).toBeLessThan(2_000)
    expect(running(sleep)).toEqual([])
  })

  it('of a cancel to which it answers, and its answer is kept', async () => {
    const { run } = make()
    const cancel = new AbortController()
    const { ready, onOutput } = readiness()
    const result = run(`trap 'echo tidied; exit 0' TERM; echo ready; while :; do ${markedSleep()} & wait; done`, {
      signal: cancel.signal,
      onOutput,
    })
    await ready
    cancel.abort()
    expect(await result).toMatchObject({ end: { type: 'cancelled' }, stdout: 'ready\ntidied\n' })
  })

  it('of its deadline', async () => {
    const { run } = make()
    const sleep = markedSleep()
    const began = performance.now()
    expect((await run(family(sleep), { timeoutMs: 300 })).end).toEqual({ type: 'timeout' })
    expect(performance.now() - began).toBeLessThan(2_300)
    expect(running(sleep)).toEqual([])
  })

  it('of the close of its workspace', async () => {
    const { run, workspace } = make()
    const sleep = markedSleep()
    const { ready, onOutput } = readiness()
    const result = run(family(sleep), { onOutput })
    await ready
    await workspace.close()
    expect(running(sleep)).toEqual([])
    expect((await result).end).toEqual({ type: 'cancelled' })
  })

  it('of a kill -9 of our own process', async () => {
    const sleep = markedSleep()
    const ours = program(family(sleep), 'process.stdout.write(text)')
    await once(ours.stdout ?? ours, 'data')
    await expect.poll(() => running(sleep).length).toBeGreaterThanOrEqual(4)
    ours.kill('SIGKILL')
    await expect.poll(() => running(sleep), { timeout: 2_000, interval: 20 }).toEqual([])
  })

  it('of a kill -9 of our own process while it waits for a command that ignores its cancel', async () => {
    const sleep = markedSleep()
    const command = `trap 'echo no' TERM; echo ready; while :; do ${sleep} & wait; done`
    const ours = program(command, "text.includes('no') ? process.stdout.write(text) : cancel.abort()")
    await once(ours.stdout ?? ours, 'data')
    ours.kill('SIGKILL')
    await expect.poll(() => running(sleep), { timeout: 2_000, interval: 20 }).toEqual([])
  })
})

/** What is reachable now. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** A program of ours that runs `command`, and does `onText` with each text that it says. */
function program(command: string, onText: string): ChildProcess {
  const code = `
    import { inProcessWorkspace } from '@nacre/tools'
    const workspace = inProcessWorkspace({ root: ${JSON.stringify(hostPlace().root)} })
    const cancel = new AbortController()
    const onOutput = (_, text) => { ${onText} }
    const fence = { session: 's', epoch: 1 }
    await workspace.exec(${JSON.stringify(command)}, { fence, signal: cancel.signal, timeoutMs: 60_000, onOutput })
  `
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    cwd: new URL('..', import.meta.url),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}
