import { Fault } from '@nacre/types'
import { GRAVE_INDEX, GRAVE_TABLES } from './graves.js'
import { EVENTS_TABLE, linkOldEvents } from './migrate.js'
import { openSql, type Sql } from './sql.js'

const SCHEMA_VERSION = 3
/** It had no place for what was deleted. */
const GRAVELESS_VERSION = 2
/** Its events had neither link nor checksum. */
const UNLINKED_VERSION = 1
/** 'Nacr' in ASCII: tells a log from any other database. */
const APPLICATION_ID = 0x4e616372
const WAL_KEPT_BYTES = 16 * 1024 * 1024

const SCHEMA = `${EVENTS_TABLE}
  CREATE TABLE heads (stream TEXT PRIMARY KEY, seq INTEGER NOT NULL, head TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE blobs (hash TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
  ${GRAVE_TABLES}
`

export const TITLE = `head ->> '$.title'`
/** Some now, or at a time that the head names. */
export const OPEN_WORK = `(head ->> '$.openWork' OR head ->> '$.wakeAt' IS NOT NULL)`
export const UNARCHIVED = `head ->> '$.archived' IS NULL`
export const PARENT = `head ->> '$.parent'`
/** Heads are found without reading them. Whatever version wrote the log, an index changes nothing of what is in it. */
const INDEXES = `
  CREATE INDEX IF NOT EXISTS heads_in_order ON heads (stream, seq);
  CREATE INDEX IF NOT EXISTS heads_by_title ON heads (${TITLE}, seq);
  CREATE INDEX IF NOT EXISTS heads_with_work ON heads (stream, seq) WHERE ${OPEN_WORK};
  CREATE INDEX IF NOT EXISTS heads_unarchived ON heads (stream, seq) WHERE ${UNARCHIVED};
  CREATE INDEX IF NOT EXISTS heads_by_parent ON heads (${PARENT}, stream) WHERE ${PARENT} IS NOT NULL;
  ${GRAVE_INDEX};
`

/** Opens the database that holds a log, alone: the lock is taken here. Throws SQLite's errors and Faults. */
export function openDatabase(path: string): Sql {
  const sql = openSql(path)
  try {
    // EXCLUSIVE before the first access: then WAL keeps its index in memory, and there is no -shm file to share.
    assertPragma(sql, 'locking_mode', 'exclusive', 'EXCLUSIVE')
    // Read before anything is written, so that a file that is not ours stays as it is.
    const isNew = isEmpty(sql)
    if (!isNew) checkOwnership(sql, path)
    const version = isNew ? SCHEMA_VERSION : pragma(sql, 'user_version')
    assertPragma(sql, 'journal_mode', 'wal', 'WAL')
    sql.all('PRAGMA synchronous = FULL')
    assertPragma(sql, 'synchronous', 2)
    assertPragma(sql, 'busy_timeout', 0)
    // macOS: without it fsync leaves data in the drive's cache. No effect elsewhere.
    sql.all('PRAGMA fullfsync = ON')
    // What is deleted is overwritten with zeros.
    assertPragma(sql, 'secure_delete', 1, 'ON')
    sql.all(`PRAGMA journal_size_limit = ${WAL_KEPT_BYTES}`)
    if (isNew) create(sql)
    if (version === UNLINKED_VERSION) linkOldEvents(sql)
    if (version !== SCHEMA_VERSION) addGraves(sql)
    sql.exec(INDEXES)
    return sql
  } catch (error) {
    sql.close()
    throw error
  }
}

function isEmpty(sql: Sql): boolean {
  return sql.all('SELECT 1 FROM sqlite_schema LIMIT 1').length === 0
}

function checkOwnership(sql: Sql, path: string): void {
  if (pragma(sql, 'application_id') !== APPLICATION_ID) {
    throw new Fault('corrupt', `${path} is a database, but not a log of Nacre.`, { mend: 'Name another file.' })
  }
  const version = pragma(sql, 'user_version')
  if (version === SCHEMA_VERSION || version === GRAVELESS_VERSION || version === UNLINKED_VERSION) return
  throw new Fault('unsupported', `The log ${path} has version ${version}; this program knows ${SCHEMA_VERSION}.`, {
    mend: 'Start it with the version of Nacre that wrote it, or a newer one. It was left as it is.',
  })
}

function create(sql: Sql): void {
  sql.transaction(() => {
    sql.exec(SCHEMA)
    sql.exec(`PRAGMA application_id = ${APPLICATION_ID}`)
    sql.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`)
  })
}

function addGraves(sql: Sql): void {
  sql.transaction(() => {
    sql.exec(GRAVE_TABLES)
    sql.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`)
  })
}

function assertPragma(sql: Sql, name: string, wanted: string | number, setTo?: string): void {
  const value = setTo === undefined ? pragma(sql, name) : firstValue(sql, `PRAGMA ${name} = ${setTo}`)
  if (value !== wanted) throw new Fault('internal', `SQLite keeps ${name} at ${value}, not ${wanted}.`)
}

const pragma = (sql: Sql, name: string) => firstValue(sql, `PRAGMA ${name}`)

const firstValue = (sql: Sql, text: string): unknown => Object.values(sql.all<object>(text)[0] ?? {})[0]
