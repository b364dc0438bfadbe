import { applyItem, type Client, EMPTY_TRANSCRIPT, type SessionItem, type Transcript } from '@nacre/client'
import { nextCall, type Turn } from '@nacre/session'
import { Fault, type SessionId } from '@nacre/types'
import { confirm } from './confirm.js'
import { type CommandContext, connect, EXIT, printJson } from './context.js'

/** Sends one message, streams the answer to standard output, and says by its exit code how the turn ended. */
export async function ask(context: CommandContext): Promise<number> {
  const text = context.words.join(' ').trim()
  if (text === '')
    throw new Fault('invalid_input', 'There is nothing to ask.', {
      mend: `Say it: ${context.program} ask "what is in notes.md?"`,
    })
  const client = await connect(context)
  try {
    const session = await sessionFor(client, context)
    return await converse(client, session, text, context)
  } finally {
    await client.close()
  }
}

async function sessionFor(client: Client, { flags }: CommandContext): Promise<SessionId> {
  return flags.session === undefined
    ? (await client.createSession()).session
    : (await client.find(flags.session)).session
}

async function converse(client: Client, session: SessionId, text: string, context: CommandContext): Promise<number> {
  const stop = new AbortController()
  const teller = createTeller(context, session)
  const approvals = createApprovals(client, session, context)
  let transcript: Transcript = EMPTY_TRANSCRIPT
  let input: string | undefined
  for await (const item of client.watch(session, { after: 0, signal: stop.signal })) {
    const before = transcript
    if (item.kind !== 'connection') transcript = applyItem(transcript, item)
    if (item.kind === 'live' && input === undefined) input = (await client.send(session, text)).input
    if (input === undefined) continue
    teller.tell(item, before, transcript)
    const end = endOf(transcript, input)
    if (end) {
      stop.abort()
      return teller.finish(end, approvals.denied())
    }
    await approvals.decide(transcript)
  }
  throw new Fault('closed', 'The daemon closed the connection before the answer was there.', {
    mend: 'The turn goes on: look with runner events, or ask again.',
  })
}

const endOf = (transcript: Transcript, input: string): Turn | undefined =>
  transcript.state.turns.findLast((turn) =>
    turn.steps.some((step) => step.inputs.some((taken) => taken.input === input)),
  )

/** Answers each approval once: --yes allows, a terminal asks, nobody there denies. */
function createApprovals(client: Client, session: SessionId, { flags }: CommandContext) {
  const decided = new Set<string>()
  let denied = false
  return {
    denied: () => denied,
    async decide({ state }: Transcript): Promise<void> {
      const step = state.open?.steps.at(-1)
      const call = step && nextCall(step)
      if (call?.status.type !== 'asked' || decided.has(call.call)) return
      decided.add(call.call)
      const allowed = flags.yes || (await confirm(`Allow ${call.name} ${call.argsText}? [y/n] `))
      denied ||= !allowed
      await (allowed ? client.approve(session, call.call) : client.deny(session, call.call))
    },
  }
}

/** Text goes to standard output as it comes, what tools do to standard error; with --json, events go to standard output. */
function createTeller({ flags }: CommandContext, session: SessionId) {
  let said = ''
  return {
    tell(item: SessionItem, before: Transcript, after: Transcript): void {
      if (flags.json) {
        if (item.kind === 'stored') printJson({ session, ...item.event })
        return
      }
      if (item.kind === 'stored' && !before.caughtUp) return
      const live = after.live.at(-1)?.text ?? ''
      if (live.startsWith(said) && live.length > said.length) {
        process.stdout.write(live.slice(said.length))
        said = live
      }
      if (item.kind !== 'stored') return
      said = tellStored(item.event, said)
    },
    finish(turn: Turn, denied: boolean): number {
      const outcome = turn.end?.outcome
      if (outcome === 'cancelled') return EXIT.cancelled
      if (outcome === 'failed') {
        process.stderr.write(
          `The turn failed: ${turn.end?.fault?.message ?? 'no reason was given'}\n${turn.end?.fault?.mend ?? ''}\n`,
        )
        return EXIT.failed
      }
      return denied ? EXIT.denied : EXIT.ok
    },
  }
}

/** Returns what of the current step has been printed. */
function tellStored(event: { type: string }, said: string): string {
  if (event.type === 'step.finished') {
    if ('outcome' in event && event.outcome === 'interrupted') process.stderr.write('\n[cut off; it is said again]\n')
    else if (said) process.stdout.write('\n')
    return ''
  }
  if (event.type === 'tool.started' && 'name' in event) process.stderr.write(`[${event.name}]\n`)
  if (event.type === 'tool.finished' && 'outcome' in event && event.outcome !== 'ok')
    process.stderr.write(`[${event.outcome}]\n`)
  return said
}
