import { createHash } from 'node:crypto'
import type { BlobHash } from '@nacre/types'
import { damaged } from './faults.js'
import type { Sql } from './sql.js'
import type { Unnamed } from './unnamed.js'

/** The table of blobs. Each call is a transaction of its own. */
export const createBlobs = (sql: Sql, unnamed: Unnamed) => ({
  put(bytes: Uint8Array): BlobHash {
    const hash = hashOf(bytes)
    sql.run('INSERT OR IGNORE INTO blobs (hash, bytes) VALUES (?, ?)', [hash, bytes])
    unnamed.put(hash)
    return hash
  },
  get(hash: BlobHash): Uint8Array<ArrayBuffer> | undefined {
    // all() gives an ArrayBuffer where get() would give a Buffer: only a view over it has bytes.
    const [row] = sql.all<{ bytes: ArrayBuffer }>('SELECT CAST(bytes AS BLOB) AS bytes FROM blobs WHERE hash = ?', [
      hash,
    ])
    if (row === undefined) return undefined
    const bytes = new Uint8Array(row.bytes)
    if (hashOf(bytes) !== hash) throw damaged('A blob is not what was put')
    return bytes
  },
  drop(hash: BlobHash): void {
    sql.run('DELETE FROM blobs WHERE hash = ?', [hash])
  },
})

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex') as BlobHash

export type BlobTable = ReturnType<typeof createBlobs>
