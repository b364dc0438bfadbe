import { Fault } from '@nacre/types'

const PATH_CHARS = 4_096
const NAME_BYTES = 255

/** Where a path points: under which root, and by which names. `parts` is empty for the root itself. */
export type Place = { readonly root: 'shared' | 'tmp'; readonly parts: readonly string[] }

/**
 * Reads a virtual path: `/shared/...`, `/tmp/...`, or relative to `/shared`. Backslashes and percent signs are ordinary
 * characters. Throws a Fault: `denied` for what would lead elsewhere, `invalid_input` for what is no path.
 */
export function parsePath(path: string): Place {
  if (path.length > PATH_CHARS) throw new Fault('invalid_input', `The path is longer than ${PATH_CHARS} characters`)
  // Node cuts nothing at NUL but throws with the host path in its message; half a character would become another name.
  if (path.includes('\0') || !path.isWellFormed())
    throw new Fault('invalid_input', `The path ${shownPath(path)} holds a character that no file name can have`)

  const names = path.split('/').filter((name) => name !== '' && name !== '.')
  if (names.includes('..'))
    throw new Fault('denied', `The path ${shownPath(path)} climbs with ".."`, {
      mend: 'Write it without "..", from /shared',
    })
  for (const name of names)
    if (Buffer.byteLength(name) > NAME_BYTES)
      throw new Fault('invalid_input', `A name in the path ${shownPath(path)} is longer than ${NAME_BYTES} bytes`)

  if (!path.startsWith('/')) return { root: 'shared', parts: names }
  const [root, ...parts] = names
  if (root === 'shared' || root === 'tmp') return { root, parts }
  throw new Fault('denied', `The path ${shownPath(path)} is outside the workspace`, {
    mend: 'Paths begin with /shared/ or /tmp/, or are relative to /shared',
  })
}

/** The path of a place as tools see it. */
export function virtualPath({ root, parts }: Place): string {
  return ['', root, ...parts].join('/')
}

/** The directory that holds the file at `place`, and its name there. Throws a Fault if `place` is a root. */
export function parentOf({ root, parts }: Place): { readonly parent: Place; readonly name: string } {
  const name = parts.at(-1)
  if (name === undefined) throw new Fault('invalid_input', `"/${root}" is a directory`)
  return { parent: { root, parts: parts.slice(0, -1) }, name }
}

/** A path as words may show it: quoted, so that a name cannot pose as text, and not too long. */
export function shownPath(path: string): string {
  return JSON.stringify(path.length > 200 ? `${path.slice(0, 200)}...` : path)
}
