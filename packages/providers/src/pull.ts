/** Where the values of an iterator come from: out of chunks that have to be asked for and waited for. */
export type Source<T, Chunk> = {
  /** The next of the values that are ready. */
  take(): T | undefined
  /** Throws away the values that are ready. */
  drop(): void
  ready(): number
  /** Asks for the next chunk. It is not asked again before that is here. */
  more(): Promise<Chunk>
  /**
   * Makes values of a chunk, true where nothing follows. What it throws is thrown to the consumer, behind the values
   * that are ready.
   */
  came(chunk: Chunk): boolean
  /** The same where `more` was rejected. */
  broke(error: unknown): boolean
  /** What is left to do when everything was taken. */
  settle(): Promise<void>
  /** The source is not needed any more, however it ended. */
  close(): void
}

export type Pulled<T> = AsyncIterableIterator<T, undefined, undefined> & {
  /** Ends it at once, as if `more` had been rejected; values that nobody has taken are lost. */
  break(error: unknown): void
}

type State = { readonly type: 'open' | 'whole' | 'over' } | { readonly type: 'broken'; readonly error: unknown }
const OPEN: State = { type: 'open' }
const WHOLE: State = { type: 'whole' }
const OVER: State = { type: 'over' }

/**
 * An async iterator by hand, for thousands of values: a value that waits costs a settled promise, one that has to be
 * waited for one promise more than the chunk itself. In nested generators it is three for each of them.
 */
export function pulled<T, Chunk>(source: Source<T, Chunk>): Pulled<T> {
  let state = OPEN
  let waiting: Promise<IteratorResult<T, undefined>> | undefined
  let resolve: (result: IteratorResult<T, undefined> | Promise<IteratorResult<T, undefined>>) => void
  const capture = (settle: typeof resolve) => {
    resolve = settle
  }

  const ask = () => void source.more().then(onCame, onBroke)
  const onCame = (chunk: Chunk) => {
    if (state === OPEN) advance(source.came, chunk)
  }
  const onBroke = (error: unknown) => {
    if (state === OPEN) advance(source.broke, error)
  }
  function advance<Came>(take: (came: Came) => boolean, came: Came): void {
    try {
      if (take(came)) state = WHOLE
    } catch (error) {
      state = { type: 'broken', error }
      source.close()
    }
    if (waiting !== undefined) answer()
  }
  function answer(): void {
    const value = source.take()
    if (value === undefined && state === OPEN) return void ask()
    waiting = undefined
    resolve(value === undefined ? end() : { done: false, value })
  }
  async function end(): Promise<IteratorResult<T, undefined>> {
    const ended = state
    state = OVER
    if (ended.type === 'broken') throw ended.error
    if (ended === WHOLE) await source.settle().finally(source.close)
    return { done: true, value: undefined }
  }

  const next = (): Promise<IteratorResult<T, undefined>> => {
    if (waiting !== undefined) return waiting.then(next, next)
    const value = source.take()
    if (value !== undefined) return Promise.resolve({ done: false, value })
    if (state !== OPEN) return end()
    const asked = new Promise(capture)
    waiting = asked
    ask()
    return asked
  }
  return {
    next,
    return() {
      source.drop()
      source.close()
      state = OVER
      if (waiting !== undefined) answer()
      return end()
    },
    break(error) {
      // Whoever has taken everything of a whole answer has seen how it ended.
      if (state === OVER || (state === WHOLE && source.ready() === 0)) return
      source.drop()
      advance(source.broke, error)
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
