import { createHash } from 'node:crypto'
import type { BlobHash } from '@nacre/types'
import type { Sql } from './sql.js'

/** The table of blobs. Each call is a transaction of its own. */
export const createBlobs = (sql: Sql) => ({
  put(bytes: Uint8Array): BlobHash {
    const hash = createHash('sha256').update(bytes).digest('hex') as BlobHash
    sql.run('INSERT OR IGNORE INTO blobs (hash, bytes) VALUES (?, ?)', [hash, bytes])
    return hash
  },
  get(hash: BlobHash): Uint8Array<ArrayBuffer> | undefined {
    // all() gives an ArrayBuffer where get() would give a Buffer: only a view over it has bytes.
    const [row] = sql.all<{ bytes: ArrayBuffer }>('SELECT bytes FROM blobs WHERE hash = ?', [hash])
    return row && new Uint8Array(row.bytes)
  },
  drop(hash: BlobHash): void {
    sql.run('DELETE FROM blobs WHERE hash = ?', [hash])
  },
})
export type BlobTable = ReturnType<typeof createBlobs>
