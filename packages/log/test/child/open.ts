import { openLog } from '@nacre/log'
import { Fault } from '@nacre/types'

// Opens the log that it is told, says how it went, and holds it until it is killed or its input ends.
const [path = ''] = process.argv.slice(2)
try {
  const log = await openLog({ path, now: () => Date.now() })
  console.log('opened')
  process.stdin.resume()
  process.stdin.once('end', () => void log.close())
} catch (error) {
  console.log(error instanceof Fault ? JSON.stringify([error.code, error.message, error.mend]) : String(error))
}
