import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLog } from '@nacre/log'
import { logConformance, memoryLog } from '@nacre/log/testing'
import { afterAll } from 'vitest'

const home = mkdtempSync(join(tmpdir(), 'nacre-log-'))
let made = 0
afterAll(() => rmSync(home, { recursive: true, force: true }))

await logConformance('memoryLog', memoryLog)
await logConformance('openLog', ({ now }) => openLog({ path: join(home, `${++made}`, 'log.db'), now }))
