/** A failure that a person can act on: what failed, where, why, and how to mend it. */
export class Refusal extends Error {
  constructor({ what, where, why, mend, exitCode = 1 }) {
    super(what)
    this.name = 'Refusal'
    this.where = where
    this.why = why
    this.mend = mend
    this.exitCode = exitCode
  }

  toString() {
    const line = (label, text) => (text ? `  ${label.padEnd(6)} ${indent(text)}\n` : '')
    return `${this.message}\n${line('where:', this.where)}${line('why:', this.why)}${line('mend:', this.mend)}`
  }
}

/** Somebody asked us to stop; nothing is wrong. */
export class Interrupted extends Error {
  constructor(signal, exitCode) {
    super(`stopped by ${signal}`)
    this.name = 'Interrupted'
    this.exitCode = exitCode
  }
}

/** Prints what went wrong on stderr and says which exit code it deserves. */
export function explain(error) {
  if (error instanceof Refusal) process.stderr.write(`\n${error}`)
  else if (error instanceof Interrupted) process.stderr.write(`\n${error.message}\n`)
  else process.stderr.write(`\nunexpected failure, a bug in scripts/: ${error?.stack ?? error}\n`)
  return error?.exitCode ?? 1
}

function indent(text) {
  return text.trimEnd().split('\n').join('\n         ')
}
