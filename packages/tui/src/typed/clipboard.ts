import type { Attachment } from './attachment.js'
import { ATTACHED_LIMIT_BYTES } from './attachment.js'
import { mediaTypeOf } from './media-type.js'

/** A command that writes the image on the clipboard to its output, and how it writes it. */
export type ClipboardCommand = {
  readonly command: string
  readonly args: readonly string[]
  readonly writes: 'bytes' | 'base64' | 'applescript'
}
/** What decides which clipboard there is. */
export type Desktop = {
  readonly platform: string
  readonly wayland: boolean
  readonly x11: boolean
  readonly wsl: boolean
}

const POWERSHELL =
  'Add-Type -AssemblyName System.Windows.Forms; $image = [Windows.Forms.Clipboard]::GetImage(); if ($image) { $bytes = New-Object IO.MemoryStream; $image.Save($bytes, [Drawing.Imaging.ImageFormat]::Png); [Convert]::ToBase64String($bytes.ToArray()) }'

const WAYLAND: ClipboardCommand = { command: 'wl-paste', args: ['--type', 'image/png'], writes: 'bytes' }
const X11: ClipboardCommand = {
  command: 'xclip',
  args: ['-selection', 'clipboard', '-target', 'image/png', '-out'],
  writes: 'bytes',
}
const PNGPASTE: ClipboardCommand = { command: 'pngpaste', args: ['-'], writes: 'bytes' }
const OSASCRIPT: ClipboardCommand = {
  command: 'osascript',
  args: ['-e', 'get the clipboard as «class PNGf»'],
  writes: 'applescript',
}
const WINDOWS: ClipboardCommand = {
  command: 'powershell.exe',
  args: ['-NoProfile', '-NonInteractive', '-STA', '-Command', POWERSHELL],
  writes: 'base64',
}

/** The commands to try one after the other, until one of them gives an image. None where there is no clipboard. */
export function clipboardCommands({ platform, wayland, x11, wsl }: Desktop): readonly ClipboardCommand[] {
  if (platform === 'darwin') return [PNGPASTE, OSASCRIPT]
  return [...(wayland ? [WAYLAND] : []), ...(x11 ? [X11] : []), ...(wsl || platform === 'win32' ? [WINDOWS] : [])]
}

/** Which desktop an environment is of; WSL says so by a variable of its own. */
export const desktopOf = (platform: string, env: Readonly<Record<string, string | undefined>>): Desktop => ({
  platform,
  wayland: Boolean(env.WAYLAND_DISPLAY),
  x11: Boolean(env.DISPLAY),
  wsl: Boolean(env.WSL_DISTRO_NAME),
})

/** The image that a command wrote; undefined where it is none, or too large. */
export function clipboardImage(output: Uint8Array, writes: ClipboardCommand['writes']): Attachment | undefined {
  if (output.length > ATTACHED_LIMIT_BYTES * 3) return undefined
  const bytes = bytesOf(output, writes)
  const mediaType = mediaTypeOf(bytes)
  if (!mediaType?.startsWith('image/') || bytes.length > ATTACHED_LIMIT_BYTES) return undefined
  const name = `clipboard.${mediaType.slice('image/'.length)}`
  return { name, mediaType, sizeBytes: bytes.length, source: { type: 'bytes', bytes } }
}

function bytesOf(output: Uint8Array, writes: ClipboardCommand['writes']): Uint8Array {
  const text = () => new TextDecoder('latin1').decode(output)
  switch (writes) {
    case 'bytes':
      return output
    case 'base64':
      return new Uint8Array(Buffer.from(text().trim(), 'base64'))
    case 'applescript':
      // It writes «data PNGf89504E47…».
      return new Uint8Array(Buffer.from(/data ....([0-9A-F]+)/u.exec(text())?.[1] ?? '', 'hex'))
    default:
      return writes satisfies never
  }
}
