import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import * as providers from '../../dist/index.js'
import { MODELS } from './conversation.mjs'
import { ourRequest } from './ours.mjs'
import { THEIRS } from './theirs.mjs'

/**
 * Writes `bodies.json`: what we send and what the vendors' own clients send for one conversation, and that ours fits
 * their types. Run it with `npm ci && npm run judge` when what we send has changed; the tests read what it wrote.
 */

const TYPES = {
  'openai-chat': ["import('openai/resources/chat/completions').ChatCompletionCreateParamsStreaming"],
  'openai-responses': ["import('openai/resources/responses/responses').ResponseCreateParamsStreaming"],
  'anthropic-messages': ["import('@anthropic-ai/sdk/resources/messages').MessageCreateParamsStreaming"],
}

const ours = Object.fromEntries(
  await Promise.all(Object.keys(MODELS).map(async (wire) => [wire, await ourRequest(providers, wire)])),
)

const check = new URL('./check.ts', import.meta.url)
const lines = Object.entries(TYPES).map(
  ([wire, type], at) => `export const body${at} = ${JSON.stringify(ours[wire].body)} satisfies ${type}`,
)
writeFileSync(check, `${lines.join('\n')}\n`)
const tsc = new URL('./node_modules/typescript/bin/tsc', import.meta.url).pathname
const flags = [
  '--noEmit',
  '--strict',
  '--skipLibCheck',
  '--module',
  'nodenext',
  '--target',
  'es2023',
  '--lib',
  'es2023,dom,esnext.disposable',
]
execFileSync(process.execPath, [tsc, ...flags, check.pathname], { stdio: 'inherit' })
rmSync(check)

const theirs = {}
for (const [wire, ask] of Object.entries(THEIRS)) theirs[wire] = await ask()

const { dependencies } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8'))
const record = {
  date: new Date().toISOString().slice(0, 10),
  clients: dependencies,
  typed: Object.keys(TYPES),
  ours,
  theirs,
}
writeFileSync(new URL('./bodies.json', import.meta.url), `${JSON.stringify(record, null, 2)}\n`)
