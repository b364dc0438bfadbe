import { Fault, type GenerateRequest, type ModelEvent } from '@nacre/types'
import { ANSWER_STREAM_LIMIT, type Answer, finishAnswer, isOver, isTooLong, isWhole, newAnswer } from './answer.js'
import { cancelled, DEFAULT_CLOCKS, Line } from './clocks.js'
import { takeDelta, takeDeltas } from './deltas.js'
import { networkFault } from './network-fault.js'
import { type Body, type Chunk, openBody, type Spoken } from './open-body.js'
import { type Peer, streamFault } from './vendor-fault.js'

/** A server that has said everything gets this long to end its answer, so that the connection can be used again. */
const LINGER_MS = 50

type Result = IteratorResult<ModelEvent, undefined>

/** What comes behind the events that wait: more of them, the end, or a fault. */
type State = { readonly type: 'open' | 'whole' | 'over' } | { readonly type: 'broken'; readonly error: unknown }
const OPEN: State = { type: 'open' }
const WHOLE: State = { type: 'whole' }
const OVER: State = { type: 'over' }

/**
 * One request and its answer as it comes: nothing is sent before the first `next`, and nothing read that was not asked
 * for. An iterator by hand, since an answer has thousands of events: one that waits costs a settled promise, one that has
 * to be waited for a promise more than its chunk. Nested generators take several each.
 */
export class AnswerStream implements AsyncIterator<ModelEvent, undefined> {
  readonly #spoken: Spoken
  readonly #request: GenerateRequest
  readonly #signal: AbortSignal
  readonly #line: Line
  readonly #answer: Answer
  #body: Body | undefined
  #state = OPEN
  #asked: Promise<Result> | undefined
  #resolve: (result: Result | Promise<Result>) => void = () => {}

  constructor(spoken: Spoken, request: GenerateRequest, signal: AbortSignal) {
    const { options, peer } = spoken
    this.#spoken = spoken
    this.#request = request
    this.#signal = signal
    const clocks = { ...DEFAULT_CLOCKS, ...options.clocks }
    this.#line = new Line({ where: peer.where, clocks, world: options.world, signal }, (fault) => this.#cut(fault))
    this.#answer = newAnswer(options.name)
  }

  next(): Promise<Result> {
    if (this.#asked !== undefined) return this.#asked.then(this.#again, this.#again)
    const value = takeDelta(this.#answer.deltas)
    if (value !== undefined) return Promise.resolve({ done: false, value })
    if (this.#state !== OPEN) return this.#end()
    const asked = new Promise(this.#capture)
    this.#asked = asked
    this.#ask()
    return asked
  }

  /** Closes the connection at once, and whoever waits for the next event gets none. */
  return(): Promise<Result> {
    this.#line.close()
    takeDeltas(this.#answer.deltas)
    this.#state = OVER
    this.#reply()
    return this.#end()
  }

  readonly #again = () => this.next()
  readonly #capture = (resolve: (result: Result | Promise<Result>) => void) => {
    this.#resolve = resolve
  }

  #ask(): void {
    if (this.#body === undefined) return void this.#open().then(this.#onChunk, this.#onError)
    this.#line.start()
    this.#body.rest.next().then(this.#onChunk, this.#onError)
  }

  async #open(): Promise<Chunk> {
    if (this.#signal.aborted) throw cancelled(this.#spoken.peer.where)
    this.#body = await openBody(this.#spoken, this.#request, this.#line, this.#answer)
    return this.#body.first
  }

  readonly #onChunk = (chunk: Chunk) => {
    if (this.#state !== OPEN) return
    this.#line.chunkCame()
    try {
      if (chunk.done) this.#body?.reader.end()
      else this.#body?.reader.feed(chunk.value)
    } catch (error) {
      return this.#conclude(error)
    }
    if (chunk.done || isOver(this.#answer)) this.#conclude()
    else this.#reply()
  }

  readonly #onError = (error: unknown) => {
    if (this.#state !== OPEN) return
    this.#line.stop()
    this.#conclude(this.#body === undefined ? error : networkFault(error, this.#spoken.peer.where, 'answer'))
  }

  /** The caller took the call back, or a clock ran out: what nobody has taken is lost. */
  #cut(fault: Fault): void {
    // Whoever has taken everything of a whole answer has seen how it ended.
    if (this.#state === OVER || (this.#state === WHOLE && this.#answer.deltas.waiting.length === 0)) return
    takeDeltas(this.#answer.deltas)
    this.#conclude(fault)
  }

  /** Nothing more is read, for the vendor has ended the answer or for this fault. */
  #conclude(met?: unknown): void {
    const error = faultOf(this.#answer, this.#spoken.peer, met)
    if (error === undefined) {
      finishAnswer(this.#answer)
      this.#state = WHOLE
    } else {
      this.#state = { type: 'broken', error }
      this.#line.close()
    }
    this.#reply()
  }

  /** Gives who waits what there is for him by now. */
  #reply(): void {
    if (this.#asked === undefined) return
    const value = takeDelta(this.#answer.deltas)
    if (value === undefined && this.#state === OPEN) return void this.#ask()
    this.#asked = undefined
    this.#resolve(value === undefined ? this.#end() : { done: false, value })
  }

  async #end(): Promise<Result> {
    const state = this.#state
    this.#state = OVER
    if (state.type === 'broken') throw state.error
    if (state === WHOLE && !this.#line.signal.aborted) await this.#linger()
    return { done: true, value: undefined }
  }

  async #linger(): Promise<void> {
    const over = new AbortController()
    const stop = () => over.abort('over')
    // By hand: what `AbortSignal.any` is told of outlives its call, and with it the answer.
    this.#line.signal.addEventListener('abort', stop, { once: true })
    void drain(this.#body).finally(stop)
    await this.#spoken.options.world.sleep(LINGER_MS, over.signal)
    this.#line.close()
  }
}

async function drain(body: Body | undefined): Promise<void> {
  try {
    while (body !== undefined && !(await body.rest.next()).done);
  } catch {
    // The answer was whole before.
  }
}

/** What is wrong with an answer that ends here, if something is: with what it met, for want of its end. */
function faultOf(answer: Answer, peer: Peer, met: unknown): unknown {
  if (met instanceof Fault && met.code === 'cancelled') return met
  const said = answer.error && streamFault(answer.error, peer)
  const fault = said ?? (isTooLong(answer) ? tooLong(peer.where) : answer.closed ? undefined : met)
  if (isWhole(answer) && (fault === undefined || isCut(fault))) return undefined
  return fault ?? endedEarly(peer.where)
}

/** A fault that says no more than that the rest did not come. */
const isCut = (error: unknown) =>
  error instanceof Fault && (error.code === 'stream_cut' || error.code === 'timeout' || error.code === 'unavailable')

const endedEarly = (where: string) =>
  new Fault('stream_cut', `${where} ended its answer before it was whole.`, {
    retry: 'now',
    mend: 'Ask again; what had come is not the whole answer.',
  })

const tooLong = (where: string) =>
  new Fault('provider_error', `${where} sent an answer of more than ${ANSWER_STREAM_LIMIT} characters.`, {
    mend: 'Set maxOutputTokens, or choose another model: this one does not stop.',
  })
