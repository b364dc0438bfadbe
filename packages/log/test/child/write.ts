import { openLog } from '@nacre/log'
import type { StreamName } from '@nacre/types'

// Four writers append batches until the process is killed; each acknowledgement is printed. A pipe is written
// synchronously, so what was printed was acknowledged.
const [path = '', round = ''] = process.argv.slice(2)
const log = await openLog({ path, now: () => Date.now() })

const write = async (writer: number) => {
  for (let batch = 0; ; batch++) {
    const size = 1 + ((batch * 7 + writer) % 5)
    const stream = `kill/${writer}` as StreamName
    const text = 'x'.repeat((batch * 997) % 5_000)
    const events = Array.from({ length: size }, (_, part) => ({
      type: 'notice.posted',
      level: 'info',
      text,
      key: `${round}/${writer}/${batch}`,
      part,
      size,
    }))
    const hash = batch % 10 === 0 ? await log.blobs.put(Buffer.from(`${round}/${writer}/${batch}`)) : undefined
    const appended = await log.append(stream, events)
    if (appended.type === 'conflict') throw new Error('a conflict without expectedSeq')
    const ack = { stream, key: `${round}/${writer}/${batch}`, seqs: appended.events.map(({ seq }) => seq), hash }
    process.stdout.write(`${JSON.stringify(ack)}\n`)
  }
}
await Promise.all([0, 1, 2, 3].map(write))
