import type { SessionId } from './ids.js'

/** Whose effect it is. An effector refuses an epoch lower than the highest it has seen for the session. */
export type Fence = { readonly session: SessionId; readonly epoch: number }

export type FileEntry = {
  readonly name: string
  readonly type: 'file' | 'directory' | 'link' | 'other'
  readonly sizeBytes: number
}
export type FileSlice = { readonly bytes: Uint8Array; readonly sizeBytes: number }

export type ExecOptions = {
  readonly fence: Fence
  readonly signal: AbortSignal
  readonly timeoutMs: number
  /** Called as output comes, with whole characters; what it is given is not kept by the workspace. */
  readonly onOutput?: (stream: 'stdout' | 'stderr', text: string) => void
}
/** `stdout` and `stderr` hold at most the workspace's output bound each; `droppedBytes` says what did not fit. */
export type ExecResult = {
  readonly end:
    | { readonly type: 'exit'; readonly code: number }
    | { readonly type: 'signal'; readonly signal: string }
    | { readonly type: 'timeout' }
    | { readonly type: 'cancelled' }
  readonly stdout: string
  readonly stderr: string
  readonly droppedBytes: number
}

/**
 * A user's files as tools see them: absolute virtual paths (`/shared/notes.md`), or relative ones below `/shared`;
 * never a host path. Faults: `not_found`, `denied`, `invalid_input`, `limit_exceeded`, `stale_epoch`.
 */
export interface Workspace {
  list(path: string): Promise<readonly FileEntry[]>
  /** Bytes `[offset, offset + limitBytes)` of a regular file. */
  read(path: string, range: { offset: number; limitBytes: number }): Promise<FileSlice>
  /** Replaces or makes a regular file at once: a reader sees the old bytes or the new ones. Makes missing parents. */
  write(path: string, bytes: Uint8Array, options: { fence: Fence }): Promise<void>
  /** Runs `command` with `sh -c` in `/shared`. The whole process group is gone when this resolves. */
  exec(command: string, options: ExecOptions): Promise<ExecResult>
  /** Makes an epoch known: effects of lower ones are ended, and refused from now on. */
  fence(fence: Fence): Promise<void>
  /** How file access is confined here, in words for the user. */
  readonly confinement: string
}
