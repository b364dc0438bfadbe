import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Refusal } from './refusal.mjs'

const BEAT_MS = 5_000
const SILENT_MS = 60_000
const PATIENCE_MS = 15 * 60_000

/**
 * Does `work` while no other process does work under the lock directory `dir`. A holder is one file whose name carries
 * host and pid. Announce first, then look: two that announce at once both see each other and both step back, so never
 * are there two. A name is never used twice, so removing a dead holder's file can't hit a living one.
 */
export async function withLock(dir, work) {
  const mine = await acquire(dir)
  const beat = setInterval(() => touch(mine), BEAT_MS)
  try {
    return await work()
  } finally {
    clearInterval(beat)
    rmSync(mine, { force: true })
  }
}

async function acquire(dir) {
  mkdirSync(dir, { recursive: true })
  const started = Date.now()
  let told = false
  while (true) {
    let other = livingHolder(dir)
    if (!other) {
      const mine = announce(dir)
      other = livingHolder(dir, mine)
      if (!other) return mine
      rmSync(mine, { force: true })
    }
    if (!told && Date.now() - started > 1_000) {
      told = true
      process.stdout.write(`waiting for another bootstrap in this clone: process ${holderOf(other).pid}\n`)
    }
    if (Date.now() - started > PATIENCE_MS) throw tooLong(other)
    await sleep(50 + Math.random() * 150)
  }
}

function announce(dir) {
  const name = `${host()}.${process.pid}.${randomBytes(6).toString('hex')}`
  writeFileSync(join(dir, name), '', { flag: 'wx' })
  return join(dir, name)
}

function livingHolder(dir, mine) {
  for (const name of readdirSync(dir)) {
    const path = join(dir, name)
    if (path === mine) continue
    if (isAlive(path)) return path
    rmSync(path, { force: true })
  }
  return undefined
}

// A pid means nothing on another host or in another container that shares this clone; there the heartbeat decides.
function isAlive(path) {
  const holder = holderOf(path)
  if (holder.host === host() && !processExists(holder.pid)) return false
  try {
    return Date.now() - statSync(path).mtimeMs < SILENT_MS
  } catch {
    return false
  }
}

function processExists(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function holderOf(path) {
  const [holderHost, pid] = path.split(/[/\\]/).pop().split('.')
  return { host: holderHost, pid: Number(pid) }
}

function host() {
  return hostname().replace(/[^A-Za-z0-9-]/g, '-') || 'host'
}

function touch(path) {
  const now = new Date()
  try {
    utimesSync(path, now, now)
  } catch {
    // Somebody cleaned the clone under us; the work itself will say so.
  }
}

function tooLong(path) {
  return new Refusal({
    what: `another bootstrap has held this clone for ${PATIENCE_MS / 60_000} minutes`,
    where: path,
    why: `process ${holderOf(path).pid} is alive and has not finished`,
    mend: 'stop that process, then run the same command again',
  })
}
