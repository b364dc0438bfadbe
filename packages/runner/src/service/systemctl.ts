import { execFile } from 'node:child_process'

const WAIT_MS = 20_000

/** What `systemctl --user` said, or why it could not be asked. */
export type Systemctl = (...args: readonly string[]) => Promise<{ readonly ok: boolean; readonly said: string }>

export const systemctl =
  (env: NodeJS.ProcessEnv): Systemctl =>
  (...args) =>
    new Promise((resolve) => {
      execFile(
        'systemctl',
        ['--user', ...args],
        { env, timeout: WAIT_MS, maxBuffer: 65_536 },
        (error, stdout, stderr) =>
          resolve({ ok: error === null, said: (stdout || stderr || error?.message || '').trim() }),
      )
    })
