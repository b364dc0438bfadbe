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
import { Fault, type SessionId } from '@nacre/types'
import { EXIT } from '../command-line/exit.js'
import { answerTo, confirm } from './confirm.js'
import { type CommandContext, connect } from './context.js'
import { jsonTeller, plainTeller, printable } from './teller.js'

/** Sends one message, streams the answer to standard output, and says by its exit code how the turn ended. */
export async function ask(context: CommandContext): Promise<number> {
  const text = context.words.join(' ').trim()
  if (text === '')
    throw new Fault('invalid_input', 'There is nothing to ask.', {
      mend: `Say it: ${context.program} ask "what is in notes.md?"`,
    })
  const client = await connect(context)
  try {
    const { isolation } = await client.connected()
    if (!isolation.sealed) process.stderr.write(`${isolation.words.join('\n')}\n`)
    return await converse(client, await sessionFor(client, context), text, context)
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

async function converse(client: Client, session: SessionId, text: string, context: CommandContext): Promise<number> {
  const stop = new AbortController()
  const teller = context.flags.json ? jsonTeller(session) : plainTeller()
  const approvals = createApprovals(client, session, context)
  let transcript: Transcript = EMPTY_TRANSCRIPT
  let input: string | undefined
  for await (const item of client.watch(session, { after: 0, signal: stop.signal })) {
    if (item.kind !== 'connection') transcript = applyItem(transcript, item)
    if (item.kind === 'live' && input === undefined) input = (await client.send(session, text)).input
    if (input === undefined) continue
    teller.tell(item, transcript)
    const end = endOf(transcript, input)
    if (end) {
      stop.abort()
      return teller.end(end, approvals.denied())
    }
    if (isOurs(transcript, input)) await approvals.decide(transcript)
    if (isDropped(transcript, input)) return withdrawn(stop)
  }
  throw new Fault('closed', 'The daemon closed the connection before the answer was there.', {
    mend: 'The turn goes on: look with runner events, or ask again.',
  })
}

/** Approvals of a turn that somebody else began are theirs to answer. */
const isOurs = ({ state }: Transcript, input: string): boolean =>
  state.open?.steps.some((step) => step.inputs.some((taken) => taken.input === input)) ?? false

const isDropped = ({ state }: Transcript, input: string): boolean =>
  state.dropped.some((dropped) => dropped.input === input)

function withdrawn(stop: AbortController): number {
  stop.abort()
  process.stderr.write('The message was withdrawn before it was answered.\n')
  return EXIT.cancelled
}

const endOf = (transcript: Transcript, input: string): Turn | undefined =>
  transcript.state.turns.findLast((turn) =>
    turn.steps.some((step) => step.inputs.some((taken) => taken.input === input)),
  )

/** Answers each approval once (--yes allows, a terminal asks, nobody there denies), and each question. */
function createApprovals(client: Client, session: SessionId, { flags }: CommandContext) {
  const decided = new Set<string>()
  let denied = false
  const approval = async ({ call, name, argsText, status }: Call): Promise<void> => {
    if (status.type !== 'asked') return
    const allowed = flags.yes || (await confirm(printable(`Allow ${name} ${argsText}? [y/n] `)))
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
      await client.answer(session, status.question, await answerTo(status)).catch(unlessDecided)
    },
  }
}

const DECIDED: ReadonlySet<string> = new Set(['approval_not_found', 'question_not_found'])

/** Somebody else was faster: the first answer counts, and ours is nothing. */
function unlessDecided(error: unknown): void {
  if (!(error instanceof GatewayRefusal) || !DECIDED.has(error.gateway)) throw error
}
