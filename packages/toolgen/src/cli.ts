#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { runToolgen } from './run.js'

const USAGE = 'usage: toolgen [--check] <*.tools.ts or directory>…'

try {
  const { values, positionals } = parseArgs({
    options: { check: { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  if (positionals.length === 0) throw new Error(USAGE)
  const { ok, lines } = runToolgen(positionals, values)
  process.stdout.write(`toolgen: ${lines.join('\n')}\n`)
  process.exitCode = ok ? 0 : 1
} catch (error) {
  process.stderr.write(`toolgen: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
