import { text } from 'node:stream/consumers'
import { explain } from '../explain.js'
import { holdDaemon, untilStopped } from './hold.js'
import type { Order } from './order.js'

// A detached daemon. It is told where its state is, and on its standard input, which then ends, what it is to be.

async function main(): Promise<void> {
  const [state = '', uid] = process.argv.slice(2)
  const read = async () => {
    const order = await text(process.stdin)
    // Whoever started us has seen that it must not be, and said so.
    if (order === '') process.exit()
    return JSON.parse(order) as Order
  }
  await untilStopped(await holdDaemon({ state, uid: Number(uid) }, read, false))
}

await main().catch((error: unknown) => {
  process.exitCode = explain(error)
})
