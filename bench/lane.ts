// One contestant in a process of its own: reads a long answer whenever it is told to, and says what CPU time that took.

type Answer = (base: string) => Promise<number>

const [module = '', reads = ''] = process.argv.slice(2)
const answer: Answer = (await import(module))[reads]

process.on('message', (base: string) => void read(base))

async function read(base: string): Promise<void> {
  const before = process.cpuUsage()
  const chars = await answer(base)
  const { user, system } = process.cpuUsage(before)
  process.send?.({ micros: user + system, chars })
}
process.send?.('loaded')
