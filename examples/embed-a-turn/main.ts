import assert from 'node:assert/strict'
import { join } from 'node:path'
import { systemWorld } from '@nacre/kit'
import { offline } from '@nacre/providers'
import { type Agent, answerOf, collect, DEFAULT_LIMITS, runTurn, withInput } from '@nacre/runtime'
import { createRegistry, DEFAULT_POLICY } from '@nacre/tool'
import { inProcessWorkspace, workspaceTools } from '@nacre/tools'
import { sessionId } from '@nacre/types'
import { memoryBlobs } from './blobs.ts'

// One turn inside your own program: no daemon, no database, no key.

const world = systemWorld()
const workspace = inProcessWorkspace({ root: join(import.meta.dirname, 'workspace') })
const agent: Agent = {
  prompt: 'You work for one person, in their workspace at /shared.',
  provider: offline(), // a model of fixed rules; openaiChat() and anthropicMessages() are real ones
  model: 'offline',
  registry: createRegistry(workspaceTools(workspace)),
  policy: DEFAULT_POLICY,
  limits: DEFAULT_LIMITS,
}
const around = {
  session: sessionId('demo'),
  agent,
  ports: { world, blobs: memoryBlobs() },
  signal: AbortSignal.timeout(30_000), // the one thing that cancels
}

// Streaming: every step until `done`, whose value says how the turn ended.
const turn = runTurn({ ...around, state: withInput('read notes.md', world) })
let next = await turn.next()
for (; !next.done; next = await turn.next()) {
  if (next.value.type === 'text.delta') process.stdout.write(next.value.text)
}
const end = next.value
assert(end.type === 'finished')
assert.equal(end.outcome, 'completed')
assert.match(answerOf(end.state), /The boat needs a new rope/)

// Not streaming: collect. The conversation goes on from the state that the turn before ended with.
const second = await collect(runTurn({ ...around, state: withInput('what did I say about notes?', world, end.state) }))
process.stdout.write(`\n\n${second.text}\n`)
assert.match(second.text, /> read notes\.md/)

await workspace.close()
