import { createInterface } from 'node:readline/promises'
import type { CallStatus } from '@nacre/client'
import { printable } from './teller.js'

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

type Question = Extract<CallStatus, { type: 'questioned' }>

/** Asks a person what the agent wants to know. Where nobody can answer, the agent is told that. */
export async function answerTo({ parts, choices = [] }: Question): Promise<string> {
  const question = printable(parts.map((part) => (part.type === 'text' ? part.text : part.preview)).join('\n'))
  const list = choices.map((choice, index) => printable(`  ${index + 1}. ${choice}`))
  const text = [question, ...list, '> '].join('\n')
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    process.stderr.write(`${text}not answered: no terminal to ask\n`)
    return NOBODY
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    for (;;) {
      const typed = (await lines.question(text)).trim()
      if (typed !== '') return choices[Number(typed) - 1] ?? typed
    }
  } finally {
    lines.close()
  }
}

const NOBODY = 'Nobody is there to answer. Decide by yourself what is safe, or end here and say what you need to know.'
