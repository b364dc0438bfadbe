// One contestant in a process of its own: reads a long answer whenever it is told to, and says what CPU time that took.

type Lane = { answer(base: string): Promise<number> }

const { answer } = (await import(process.argv[2] ?? '')) as Lane

process.on('message', (base: string) => void read(base))

async function read(base: string): Promise<void> {
  const before = process.cpuUsage()
  const chars = await answer(base)
  const { user, system } = process.cpuUsage(before)
  process.send?.({ micros: user + system, chars })
}
process.send?.('loaded')
