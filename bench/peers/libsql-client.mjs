import { createClient } from '@libsql/client/sqlite3'

/** A table as its caller wants it, and a function that puts a row into it with one `execute`, synced. */
export async function openClient(path, schema, insert) {
  const client = createClient({ url: `file:${path}`, concurrency: 1 })
  for (const sql of ['PRAGMA journal_mode = WAL', 'PRAGMA synchronous = FULL', ...schema]) await client.execute(sql)
  return { put: (args) => client.execute({ sql: insert, args }), close: () => client.close() }
}
