import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Bench } from './bench.ts'
import { crowd } from './daemon/crowd.ts'
import { firstPicture } from './daemon/first-picture.ts'
import { memory } from './daemon/memory.ts'
import { startUp } from './daemon/start-up.ts'
import { turn } from './daemon/turn.ts'
import { install } from './install.ts'
import { append } from './log/append.ts'
import { recovery } from './log/recovery.ts'
import { load, machine } from './machine.ts'
import { firstToken } from './providers/first-token.ts'
import { loading } from './providers/loading.ts'
import { wires } from './providers/wires.ts'
import { line, type Measured, page } from './report.ts'
import { streaming } from './streaming/bench.ts'

// `pnpm bench` measures all and writes docs/bench.md; with names it measures those and only prints.

const BENCHES: readonly Bench[] = [
  streaming,
  wires,
  firstToken,
  loading,
  turn,
  startUp,
  firstPicture,
  memory,
  crowd,
  append,
  recovery,
  install,
]
const PAGE = fileURLToPath(new URL('../docs/bench.md', import.meta.url))

const names = process.argv.slice(2).filter((word) => word !== '--')
const unknown = names.find((name) => !BENCHES.some((bench) => bench.name === name))
if (unknown !== undefined) {
  print(`There is no bench '${unknown}'; there are ${BENCHES.map(({ name }) => name).join(', ')}.`)
  process.exitCode = 2
} else {
  const about = machine()
  const run: Measured[] = []
  for (const bench of BENCHES) if (names.length === 0 || names.includes(bench.name)) run.push(await measured(bench))
  if (names.length === 0) {
    writeFileSync(PAGE, `${page([...about, ['load after', load()]], run)}\n`)
    print(`\nwritten to ${PAGE}`)
  }
  process.exitCode = run.some(({ rows }) => rows instanceof Error) ? 1 : 0
}

/** One bench that fails must not cost the others. */
async function measured(bench: Bench): Promise<Measured> {
  print(`${bench.title} (${bench.name})`)
  const rows = await bench
    .run((progress) => process.stderr.write(`  … ${progress}\n`))
    .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))
  print(rows instanceof Error ? `  NOT MEASURED: ${rows.stack}` : rows.map(line).join('\n'))
  return { bench, rows }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
