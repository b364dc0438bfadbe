import {
  applyItem,
  type Call,
  type Client,
  EMPTY_TRANSCRIPT,
  GatewayRefusal,
  nextCall,
  type Transcript,
  type Turn,
} from '@nacre/client'
import { systemWorld } from '@nacre/kit'
import { type ContentPart, Fault, type SessionId } from '@nacre/types'
import { EXIT } from '../command-line/exit.js'
import { answerTo, confirm } from './confirm.js'
import { type CommandContext, connect } from './context.js'
import { messageOf } from './message.js'
import { jsonTeller, plainTeller, printable } from './teller.js'

/** Sends one message, streams the answer to standard output, and says by its exit code how the turn ended. */
export async function ask(context: CommandContext): Promise<number> {
  const message = await messageOf(context)
  const client = await connect(context)
  try {
    const { isolation } = await client.connected()
    if (!isolation.sealed) process.stderr.write(`${isolation.words.join('\n')}\n`)
    return await converse(client, await sessionFor(client, context), message, context)
  } finally {
    await client.close()
  }
}

async function sessionFor(client: Client, { flags }: CommandContext): Promise<SessionId> {
  if (flags.session !== undefined && flags.agent !== undefined)
    throw new Fault('invalid_input', 'A session that there is has its agent already.', {
      mend: 'Leave out --session or --agent.',
    })
  if (flags.session !== undefined) return (await client.find(flags.session)).session
  return (await client.createSession(flags.agent === undefined ? {} : { agent: flags.agent })).session
}

async function converse(
  client: Client,
  session: SessionId,
  message: readonly ContentPart[],
  context: CommandContext,
): Promise<number> {
  const stop = new AbortController()
  const teller = context.flags.json ? jsonTeller(session) : plainTeller()
  const time = createTime(client, session, context.flags.timeout, stop)
  const approvals = createApprovals(client, session, context, time.over)
  let transcript: Transcript = EMPTY_TRANSCRIPT
  let input: string | undefined
  for await (const item of client.watch(session, { after: 0, signal: stop.signal })) {
    if (item.kind !== 'connection') transcript = applyItem(transcript, item)
    if (item.kind === 'live' && input === undefined) {
      input = (await client.send(session, message)).input
      time.begin(input)
    }
    if (input === undefined) continue
    teller.tell(item, transcript)
    const end = endOf(transcript, input)
    if (end || isDropped(transcript, input)) {
      stop.abort()
      const code = end ? teller.end(end, approvals.denied()) : withdrawn()
      return time.over.aborted && code === EXIT.cancelled ? time.told() : code
    }
    if (isOurs(transcript, input)) await approvals.decide(transcript)
  }
  if (time.over.aborted) return time.told()
  throw new Fault('closed', 'The daemon closed the connection before the answer was there.', {
    mend: `The turn goes on: look with ${context.program} events --session ${session}, or ask again.`,
  })
}

const GRACE_MS = 10_000

/** After `seconds` the turn is cancelled; one that does not end by that is left alone some seconds later. */
function createTime(client: Client, session: SessionId, seconds: number | undefined, stop: AbortController) {
  const over = new AbortController()
  const world = systemWorld()
  const run = async (seconds: number, input: string) => {
    await world.sleep(seconds * 1000, stop.signal)
    if (stop.signal.aborted) return
    over.abort()
    const cancelled = client.cancel(session, input).catch(() => undefined)
    await Promise.all([cancelled, world.sleep(GRACE_MS, stop.signal)])
    stop.abort()
  }
  return {
    over: over.signal,
    begin(input: string): void {
      if (seconds !== undefined) void run(seconds, input)
    },
    told(): number {
      process.stderr.write(`It took longer than ${seconds} s, so it was cancelled.\n`)
      return EXIT.timeout
    },
  }
}

/** Approvals of a turn that somebody else began are theirs to answer. */
const isOurs = ({ state }: Transcript, input: string): boolean =>
  state.open?.steps.some((step) => step.inputs.some((taken) => taken.input === input)) ?? false

const isDropped = ({ state }: Transcript, input: string): boolean =>
  state.dropped.some((dropped) => dropped.input === input)

function withdrawn(): number {
  process.stderr.write('The message was withdrawn before it was answered.\n')
  return EXIT.cancelled
}

const endOf = (transcript: Transcript, input: string): Turn | undefined =>
  transcript.state.turns.findLast((turn) =>
    turn.steps.some((step) => step.inputs.some((taken) => taken.input === input)),
  )

/** Answers each approval once (--yes allows, a terminal asks, nobody there denies), and each question. */
function createApprovals(client: Client, session: SessionId, { flags }: CommandContext, over: AbortSignal) {
  const decided = new Set<string>()
  let denied = false
  const approval = async ({ call, name, argsText, status }: Call): Promise<void> => {
    if (status.type !== 'asked') return
    const allowed = flags.yes || (await confirm(printable(`Allow ${name} ${argsText}? [y/n] `), over))
    if (over.aborted) return // The turn is being cancelled, and with it what it asks.
    denied ||= !allowed
    const asked = { call, hash: status.hash }
    await (allowed ? client.approve(session, asked) : client.deny(session, asked)).catch(unlessDecided)
  }
  return {
    denied: () => denied,
    async decide({ state }: Transcript): Promise<void> {
      const step = state.open?.steps.at(-1)
      const call = step && nextCall(step)
      if (call === undefined || decided.has(call.call)) return
      const { status } = call
      const isQuestion = status.type === 'questioned' && status.delegate === undefined
      if (status.type !== 'asked' && !isQuestion) return
      decided.add(call.call)
      if (!isQuestion) return approval(call)
      const answer = await answerTo(status, over)
      if (!over.aborted) await client.answer(session, status.question, answer).catch(unlessDecided)
    },
  }
}

const DECIDED: ReadonlySet<string> = new Set(['approval_not_found', 'question_not_found'])

/** Somebody else was faster: the first answer counts, and ours is nothing. */
function unlessDecided(error: unknown): void {
  if (!(error instanceof GatewayRefusal) || !DECIDED.has(error.gateway)) throw error
}
