import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '@nacre/types'
import type { Place } from '@nacre/tui'
import type { CommandContext } from '../commands/context.js'
import { clipboardImage } from './clipboard.js'
import { keptHistory } from './history.js'
import { editText } from './own-editor.js'
import { terminalSettings } from './settings.js'
import { workspaceFiles } from './workspace-files.js'

/** What a gateway takes as one blob. */
const ATTACHED_BYTES = 20 * 1024 * 1024

/** The terminal face's place on this machine. */
export function placeOf(context: CommandContext): Place {
  const { env, paths } = context
  return {
    settings: () => terminalSettings(context),
    history: keptHistory(join(paths.state, 'history')),
    edit: (text) => editText(text, env, paths.runtime),
    clipboardImage: () => clipboardImage(env),
    readFile: attachedFile,
    files: workspaceFiles,
    exportSession: async (session, format, path) =>
      (await import('../commands/export.js')).exportInto(context, session, format, path),
  }
}

async function attachedFile(path: string): Promise<Uint8Array | undefined> {
  const stats = await stat(path).catch(() => undefined)
  if (!stats?.isFile()) return undefined
  if (stats.size > ATTACHED_BYTES)
    throw new Fault('limit_exceeded', `${path} has more than 20 MiB.`, {
      mend: 'Put it into the workspace, and name the file there.',
    })
  return readFile(path)
}
