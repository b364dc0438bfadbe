import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { COMMANDS, SECTIONS } from '../packages/runner/dist/command-line/table.js'
import { cliPage } from '../packages/runner/dist/output/cli-page.js'
import { outputSchema } from '../packages/runner/dist/output/schemas.js'
import { ROOT } from './lib/root.mjs'

// Writes docs/cli.md and docs/schemas/ from the table of commands; with --check it only says what is not as it would write it.
const SCHEMAS = join(ROOT, 'docs', 'schemas')

const wanted = new Map([[join(ROOT, 'docs', 'cli.md'), cliPage(SECTIONS)]])
const problems = []
for (const { name, json } of COMMANDS) {
  const file = name.replaceAll(' ', '-')
  const schema = json && outputSchema(name)
  if (json && !schema) problems.push(`${name} takes --json, and has no schema in packages/runner/src/output/schemas.ts`)
  else if (schema) wanted.set(join(SCHEMAS, `${file}.json`), `${JSON.stringify(schema, null, 2)}\n`)
}

mkdirSync(SCHEMAS, { recursive: true })
const check = process.argv.includes('--check')
for (const [path, text] of wanted) {
  if (check && textOf(path) !== text) problems.push(`${path} is not what the commands say`)
  if (!check) writeFileSync(path, text)
}
// Those of the configuration's files are in a directory of their own, and kept by a test.
for (const entry of readdirSync(SCHEMAS, { withFileTypes: true })) {
  const path = join(SCHEMAS, entry.name)
  if (wanted.has(path) || entry.isDirectory()) continue
  if (check) problems.push(`${path} belongs to no command`)
  else rmSync(path)
}
for (const problem of problems) process.stderr.write(`${problem}\n`)
if (problems.length > 0 && check) process.stderr.write('Write them anew: pnpm cli-docs\n')
process.exitCode = problems.length > 0 ? 1 : 0

function textOf(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
