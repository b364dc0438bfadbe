import { systemWorld } from '@nacre/kit'
import { EXIT } from '../command-line/exit.js'
import { configuration, dotEnv, terminalFile } from '../doctor/configured.js'
import { daemon, log } from '../doctor/daemon.js'
import { examine } from '../doctor/examine.js'
import type { Finding } from '../doctor/finding.js'
import { disk, node } from '../doctor/machine.js'
import { directories, socket, workspace } from '../doctor/places.js'
import { isolation } from '../doctor/programs.js'
import { terminal } from '../doctor/terminal.js'
import { type CommandContext, print, printJson } from './context.js'
import { printable } from './teller.js'

const CHECKS = [
  node,
  directories,
  socket,
  disk,
  configuration,
  terminalFile,
  dotEnv,
  workspace,
  daemon,
  log,
  isolation,
  terminal,
]
const MOST_MS = 1500

/** Looks at everything that a start needs; changes nothing, and asks no model. */
export async function doctor(context: CommandContext): Promise<number> {
  const { now, sleep } = systemWorld()
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true
  const scene = { context, cwd: process.cwd(), now, nodeVersion: process.versions.node, isTerminal }
  const { findings, hangs } = await examine(CHECKS, scene, { sleep, mostMs: MOST_MS })
  const wrong = findings.filter(({ severity }) => severity === 'problem').length
  if (context.flags.json) printJson({ ok: wrong === 0, findings })
  else for (const line of linesOf(findings, wrong)) print(line)
  const code = wrong === 0 ? EXIT.ok : EXIT.failed
  // What hangs would keep this process.
  if (hangs) process.stdout.write('', () => process.exit(code))
  return code
}

const SIGNS = { ok: 'ok  ', fact: '    ', warning: 'note', problem: 'MEND' } as const

function* linesOf(findings: readonly Finding[], wrong: number): Iterable<string> {
  for (const { check, severity, text, mend } of findings) {
    const [first = '', ...more] = text.split('\n').map(printable)
    yield `${SIGNS[severity]}  ${check.padEnd(13)}  ${first}`
    for (const line of [...more, ...(mend === undefined ? [] : [`-> ${printable(mend)}`])])
      yield `${' '.repeat(21)}${line}`
  }
  yield wrong === 0 ? 'Nothing has to be mended.' : `${wrong} of these must be mended.`
}
