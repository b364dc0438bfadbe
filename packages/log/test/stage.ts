import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { NewEvent, StreamName } from '@nacre/types'
import { onTestFinished } from 'vitest'

export const now = () => Date.now()
export const stream = (name: string) => name as StreamName
export const notice = (text: string): NewEvent => Object.assign({ type: 'notice.posted' }, { level: 'info', text })

/** A path for a log in a directory that goes away with the test. */
export function freshPath(): string {
  const home = mkdtempSync(join(tmpdir(), 'nacre-log-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  return join(home, 'ann', 'log.db')
}

const SCRIPTS = {
  open: fileURLToPath(new URL('./child/open.ts', import.meta.url)),
  purge: fileURLToPath(new URL('./child/purge.ts', import.meta.url)),
  write: fileURLToPath(new URL('./child/write.ts', import.meta.url)),
  sql: fileURLToPath(new URL('./child/sql.ts', import.meta.url)),
}

/** A process that runs one of our children. Its lines come one by one; it is killed when the test ends. */
export function child(name: 'open' | 'write' | 'purge', ...args: readonly string[]) {
  const running = spawn(process.execPath, [SCRIPTS[name], ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = new Promise<void>((resolve) => running.once('exit', () => resolve()))
  const lines = createInterface({ input: running.stdout, crlfDelay: Infinity })
  const kill = async (process: ChildProcess = running) => {
    process.kill('SIGKILL')
    await exited
  }
  onTestFinished(() => kill())
  return { pid: running.pid, lines: lines[Symbol.asyncIterator](), exited, kill, end: () => running.stdin.end() }
}

/** Runs SQL on a closed log's file, past the log. */
export function sql(path: string, ...statements: readonly string[]): readonly unknown[] {
  return JSON.parse(execFileSync(process.execPath, [SCRIPTS.sql, path, ...statements], { encoding: 'utf8' }))
}
