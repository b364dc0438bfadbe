import { join } from 'node:path'
import type { Place } from '@nacre/tui'
import type { CommandContext } from '../commands/context.js'
import { attachable, attachedFile } from './attachable.js'
import { imageOnClipboard } from './clipboard.js'
import { keptHistory } from './history.js'
import { editText } from './own-editor.js'
import { terminalSettings } from './settings.js'
import { workspaceFiles } from './workspace-files.js'

/** The terminal face's place on this machine. */
export function placeOf(context: CommandContext): Place {
  const { env, home, paths } = context
  return {
    settings: () => terminalSettings(context),
    history: keptHistory(join(paths.state, 'history')),
    edit: (text) => editText(text, env, paths.runtime),
    clipboardImage: () => imageOnClipboard(env),
    attachable: attachable(home),
    readFile: attachedFile,
    files: workspaceFiles,
    exportSession: async (session, format, path) =>
      (await import('../commands/export.js')).exportInto(context, session, format, path),
  }
}
