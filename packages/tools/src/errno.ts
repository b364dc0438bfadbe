import { Fault } from '@nacre/types'
import { shownPath } from './path.js'

/**
 * A file system error as a Fault about the virtual path `where`. The error itself is left behind: its message and its
 * `path` name host paths.
 */
export function faultOf(error: unknown, where: string): Fault {
  if (error instanceof Fault) return error
  const path = shownPath(where)
  const code = codeOf(error)
  switch (code) {
    case 'ENOENT':
      return new Fault('not_found', `There is no ${path}`, { mend: 'List its directory to see what is there' })
    case 'ELOOP':
      return linkFault(where)
    case 'ENOTDIR':
      return new Fault('invalid_input', `${path} is not a directory`)
    case 'EISDIR':
    case 'ENOTEMPTY':
      return new Fault('invalid_input', `${path} is a directory`)
    case 'ENAMETOOLONG':
      return new Fault('invalid_input', `The path ${path} is too long`)
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new Fault('denied', `The system allows no such access to ${path} (${code})`)
    case 'ENOSPC':
    case 'EDQUOT':
      return new Fault('storage_full', `There is no room for ${path}; what was there before is unchanged`, {
        mend: 'Delete something first',
      })
    case 'EMFILE':
    case 'ENFILE':
      return new Fault('unavailable', `Too many files are open to open ${path}`, { retry: { afterMs: 100 } })
    default:
      return new Fault('internal', `The system failed on ${path} (${code ?? 'no code'})`)
  }
}

export function linkFault(where: string): Fault {
  return new Fault('denied', `${shownPath(where)} is a symbolic link, and links are not followed`, {
    mend: 'Use the path that it points to, if that is in the workspace',
  })
}

/** `ENOENT` and the like, if it is such an error. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
