import type { SessionId } from '@nacre/client'
import type { ExportFormat } from './commands.js'
import type { TuiSettings } from './settings.js'
import type { Attachment, Files } from './typed/attachment.js'

/** What a face needs of the machine that it runs on, beside the terminal. Whatever fails throws a Fault. */
export type Place = {
  /** Keys and colours that a person has chosen. */
  settings(): Promise<TuiSettings>
  /** What was sent before, oldest first, and where what is sent is kept. */
  readonly history: { load(): Promise<readonly string[]>; add(entry: string): Promise<void> }
  /** A person's own editor, over the terminal; nothing where they left without saving. */
  edit(text: string): Promise<string | undefined>
  /** The image on the clipboard, if there is one. */
  clipboardImage(): Promise<Attachment | undefined>
  /** Where files to attach are looked for. */
  readonly attachable: Files
  /** All of a file that is attached. */
  readFile(path: string): Promise<Uint8Array>
  /** Paths in the workspace that begin so, at most 100; a directory ends with a slash. */
  files(workspace: string, prefix: string): Promise<readonly string[]>
  /** Writes a session into a file (named by us where it is not named), and says where that is. */
  exportSession(session: SessionId, format: ExportFormat, path: string | undefined): Promise<string>
}
