import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { editorCommand, messageFileName, WRITTEN_LIMIT } from '@nacre/tui'
import { Fault } from '@nacre/types'

/**
 * Lets a person write in their own editor, over the terminal of this process. Nothing where it ended with a failure,
 * which is how most of them say "not saved".
 */
export async function editText(text: string, env: NodeJS.ProcessEnv, directory: string): Promise<string | undefined> {
  const place = await mkdtemp(join(directory, 'edit-'))
  const path = join(place, messageFileName('1'))
  try {
    await writeFile(path, text, { mode: 0o600 })
    if ((await run([...editorCommand(env), path], env)) !== 0) return undefined
    // In UTF-8 no unit takes more than three bytes.
    if ((await stat(path)).size > WRITTEN_LIMIT * 3)
      throw new Fault('limit_exceeded', 'What you wrote is too long.', {
        mend: 'Put it into a file of the workspace and name the file.',
      })
    return await readFile(path, 'utf8')
  } finally {
    await rm(place, { recursive: true, force: true })
  }
}

function run([command = '', ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', env })
    child.once('exit', (code) => resolve(code))
    child.once('error', (cause) =>
      reject(
        new Fault('unavailable', `Your editor, ${command}, could not be started.`, {
          cause,
          mend: 'Set VISUAL or EDITOR to the command of an editor.',
        }),
      ),
    )
  })
}
