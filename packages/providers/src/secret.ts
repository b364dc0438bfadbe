const inspect: unique symbol = Symbol.for('nodejs.util.inspect.custom')

/** A text that must not be shown. Logs, JSON and `util.inspect` print `***`; only `reveal()` gives it away. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The text itself. Call it where the text is used, and keep what it returns nowhere. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return '***'
  }

  toJSON(): string {
    return '***'
  }

  [inspect](): string {
    return '***'
  }
}
