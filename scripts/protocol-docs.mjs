import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { argumentsOf, filled } from './lib/filled.mjs'
import { COMMANDS, PROTOCOL_PARTS } from './lib/protocol-parts.mjs'
import { ROOT } from './lib/root.mjs'

// Writes what is made from the code in docs/protocol.md; with --check it only says whether that is as it would write it.
const PATH = join(ROOT, 'docs', 'protocol.md')

const page = readFileSync(PATH, 'utf8')
const wanted = filled(page, PROTOCOL_PARTS)
const problems = []
const shown = argumentsOf(page, 'commands')
for (const name of COMMANDS)
  if (shown.filter((one) => one === name).length !== 1) problems.push(`${PATH} does not show ${name} once`)
if (process.argv.includes('--check')) {
  if (wanted !== page) problems.push(`${PATH} is not what the code says\nWrite it anew: pnpm protocol-docs`)
} else writeFileSync(PATH, wanted)
for (const problem of problems) process.stderr.write(`${problem}\n`)
process.exitCode = problems.length > 0 ? 1 : 0
