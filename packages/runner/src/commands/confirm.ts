import { createInterface } from 'node:readline/promises'

/** Asks a person; only a typed yes is one. Where nobody can answer (no terminal) it is no. */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    process.stderr.write(`${question}denied: no terminal to ask (use --yes to allow)\n`)
    return false
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    for (;;) {
      const answer = (await lines.question(question)).trim().toLowerCase()
      if (answer === 'y' || answer === 'yes') return true
      if (answer === 'n' || answer === 'no') return false
    }
  } finally {
    lines.close()
  }
}
