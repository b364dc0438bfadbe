import { openLog } from '@nacre/log'
import type { StreamName } from '@nacre/types'

// Deletes the stream that it is told, says so, and purges it; the test kills it in between.
const [path = '', name = ''] = process.argv.slice(2)
const stream = name as StreamName
const log = await openLog({ path, now: () => Date.now() })
if ((await log.head(stream)) !== undefined)
  await log.append(stream, [Object.assign({ type: 'session.deleted' }, { by: 'me' })])
process.stdout.write('deleted\n')
await log.purge(stream)
process.stdout.write('purged\n')
setInterval(() => undefined, 1000)
