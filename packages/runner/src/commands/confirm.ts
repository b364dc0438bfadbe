import { createInterface, type Interface } from 'node:readline/promises'
import type { CallStatus } from '@nacre/client'
import { printable } from './teller.js'

/** Asks a person; only a typed yes is one. Where nobody can answer (no terminal), or the signal aborts, it is no. */
export async function confirm(question: string, signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    process.stderr.write(`${question}denied: no terminal to ask (use --yes to allow)\n`)
    return false
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    for (;;) {
      const answer = (await typedIn(lines, question, signal)).trim().toLowerCase()
      if (signal.aborted) return false
      if (answer === 'y' || answer === 'yes') return true
      if (answer === 'n' || answer === 'no') return false
    }
  } finally {
    lines.close()
  }
}

/** What was typed; nothing where the signal came first. */
const typedIn = (lines: Interface, text: string, signal: AbortSignal): Promise<string> =>
  lines.question(text, { signal }).catch((error: unknown) => {
    if (signal.aborted) return ''
    throw error
  })

type Question = Extract<CallStatus, { type: 'questioned' }>

/** Asks a person what the agent wants to know. Where nobody can answer, the agent is told that. */
export async function answerTo({ parts, choices = [] }: Question, signal: AbortSignal): Promise<string> {
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
      const typed = (await typedIn(lines, text, signal)).trim()
      if (signal.aborted) return NOBODY
      if (typed !== '') return choices[Number(typed) - 1] ?? typed
    }
  } finally {
    lines.close()
  }
}

const NOBODY = 'Nobody is there to answer. Decide by yourself what is safe, or end here and say what you need to know.'
