import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '@nacre/types'

const TEXT_BYTES = 1024 * 1024

/**
 * Lets a person write in $VISUAL or $EDITOR, over the terminal of this process. Nothing where the editor failed, which
 * is how most of them say "not saved".
 */
export async function editText(
  text: string,
  env: NodeJS.ProcessEnv,
  directory: string,
): Promise<string | undefined> {
  const command = env.VISUAL || env.EDITOR || 'vi'
  const place = await mkdtemp(join(directory, 'edit-'))
  const path = join(place, 'message.md')
  try {
    await writeFile(path, text, { mode: 0o600 })
    if ((await run(command, path, env)) !== 0) return undefined
    if ((await stat(path)).size > TEXT_BYTES) {
      throw new Fault('limit_exceeded', 'What you wrote has more than 1 MiB.', {
        mend: 'Put it into a file of the workspace and name the file.',
      })
    }
    return (await readFile(path, 'utf8')).replace(/\r?\n$/u, '')
  } finally {
    await rm(place, { recursive: true, force: true })
  }
}

/** An editor's name may have arguments behind it, as a shell would take them. */
function run(command: string, path: string, env: NodeJS.ProcessEnv): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', `${command} "$1"`, 'sh', path], { stdio: 'inherit', env })
    child.once('exit', (code) => resolve(code))
    child.once('error', (cause) =>
      reject(
        new Fault('unavailable', 'Your editor could not be started.', {
          cause,
          mend: 'Set VISUAL or EDITOR to the command of an editor.',
        }),
      ),
    )
  })
}
