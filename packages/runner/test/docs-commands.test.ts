import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { sessionId } from '@nacre/types'
import { describe, expect, test } from 'vitest'
import { directoryOf, pageText, typedLines } from './doc-page.js'
import { CLI, ended, isAlive, makePlace, type Place, until } from './place.js'

const DOCS = readdirSync(directoryOf('docs/')).filter((name) => name.endsWith('.md'))
const PACKAGES = readdirSync(directoryOf('packages/'))
/** Every page that says something to type. */
const PAGES = [
  'README.md',
  ...DOCS.map((name) => `docs/${name}`),
  ...PACKAGES.map((name) => `packages/${name}/README.md`),
]
  .map((page) => ({ page, lines: typedLines(pageText(page)) }))
  .filter(({ lines }) => lines.length > 0)

/** What no test can type, and why. Everything else begins with `runner` and is run. */
const NOT_RUN: Readonly<Record<string, string>> = {
  'git clone <this repository> nacre && cd nacre': 'the tests run in a clone',
  'npm start': 'installs and builds; .ci runs it',
  'npm test': 'is what runs this',
  "alias runner='npm run --silent runner --'": 'the tests have a program of that name in their PATH',
  'runner --tui': 'needs a terminal: tmux.test.ts has one',
  'runner --tui --session 4f': 'needs a terminal',
  'runner catalog fetch': 'uses the network: catalog.test.ts serves it',
  'runner setup --provider ollama --model qwen3 --test': 'needs Ollama: setup.test.ts serves one',
  'runner setup --provider anthropic --model claude-sonnet-4-5 --test': 'needs a key and the network',
  'export ANTHROPIC_API_KEY=sk-…': 'needs a key',
}
/** What ends otherwise here than where a person sits at a terminal. */
const ENDS: Readonly<Record<string, readonly [code: number, why: string]>> = {
  'runner setup': [2, 'there is no terminal to ask in'],
  'runner sessions delete 4f': [4, 'nobody is there to be asked'],
}
const START = 'runner start --detach'

/** The machine goes: every process, and the runtime directory. Then nobody is selected who would be asked over the network. */
async function reboot(place: Place): Promise<void> {
  const { running, pid, guests } = await place.status()
  if (!running) return
  for (const each of [pid, ...guests.map((guest) => guest.pid)]) if (each) process.kill(each, 'SIGKILL')
  await until(() => [pid, guests[0]?.pid ?? 0].every((each) => !isAlive(each)))
  rmSync(dirname(place.runtimeOf('alice')), { recursive: true })
  await place.run('config', 'set', 'selection.provider', 'offline', 'selection.model', 'offline')
}

/** What has to be so before a line, as the words around it say. */
const BEFORE: Readonly<Record<string, (place: Place) => unknown>> = {
  [START]: reboot,
  'runner import boats.jsonl --as boats-again': (place) => place.run('stop'),
  'runner config set providers.registry.work.api_key - < key.txt': ({ run }) => {
    const entry = ['provider_type', 'mistral', 'base_url', 'https://models.example'].map((word, at) =>
      at % 2 === 0 ? `providers.registry.work.${word}` : word,
    )
    return run('config', 'set', ...entry)
  },
}
/** Every file and directory that the pages name as there already. */
function furnish({ home }: Place): void {
  for (const directory of ['bin', 'garden', '.config/fish/completions', '.local/share/bash-completion/completions'])
    mkdirSync(join(home, directory), { recursive: true })
  writeFileSync(join(home, 'build.log'), 'error: the rope is too short\n')
  writeFileSync(join(home, 'questions.txt'), 'list files\n')
  writeFileSync(join(home, 'key.txt'), 'a-key-of-twenty-signs\n')
  writeFileSync(join(home, 'bin', 'runner'), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`, { mode: 0o755 })
}

/** The session and the approval that the pages name by their beginnings. */
async function converse(place: Place): Promise<string> {
  const client = place.client()
  const { session } = await client.createSession({ session: sessionId('4f2k9d7wq0x1h8sz'), title: 'First' })
  await client.send(session, 'run `true`')
  for await (const item of client.watch(session, { after: 0, signal: AbortSignal.timeout(20_000) })) {
    if (item.kind !== 'stored') continue
    const event = item.event as unknown as { type: string; call: string; hash: string }
    if (event.type === 'approval.requested') await client.approve(session, event, 'always')
    if (event.type === 'turn.finished') break
  }
  const [approval] = await client.approvals()
  await client.close()
  return approval?.hash ?? ''
}

/** As a person types it, with nobody there to answer. What goes on until ctrl-c gets it when it has said something. */
function type(place: Place, line: string) {
  const env = { ...place.env, PATH: `${join(place.home, 'bin')}:${place.env.PATH}` }
  const child = spawn('bash', ['-c', line], { env, cwd: place.home, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  if (line.includes('--follow')) child.stdout.once('data', () => process.kill(-(child.pid ?? 0), 'SIGINT'))
  return ended(child)
}

describe('what the pages say to type', { timeout: 60_000 }, () => {
  test.each(PAGES)('does what it says: $page', async ({ page, lines }) => {
    await using place = makePlace({ env: { ANTHROPIC_API_KEY: 'not-a-key' } })
    furnish(place)
    let approval = ''
    if (lines.find(({ line }) => NOT_RUN[line] === undefined)?.line !== START) {
      await place.run('start', '--detach')
      approval = await converse(place)
    }
    for (const { line, comment } of lines) {
      if (NOT_RUN[line] !== undefined) continue
      expect(line, `${page}: neither a command of the runner nor known here`).toMatch(/^runner /)
      await BEFORE[line]?.(place)
      const said = /exit code (\d)$/u.exec(comment)?.[1]
      const { code, stdout, stderr } = await type(place, line.replace('3fa9', approval.slice(0, 8)))
      expect(code, `${page}: ${line}\n${stdout}${stderr}`).toBe(Number(said ?? ENDS[line]?.[0] ?? 0))
      if (line === START && approval === '') approval = await converse(place)
    }
  })

  test('holds nothing that is known here and stands in no page any more', () => {
    const typed = PAGES.flatMap(({ lines }) => lines.map(({ line }) => line))
    const known = [NOT_RUN, ENDS, BEFORE].flatMap((each) => Object.keys(each))
    expect(known.filter((line) => !typed.includes(line))).toEqual([])
  })
})
