import type { SessionSummary } from '@nacre/client'
import { BLANK, type Line, line } from './drawn/line.js'
import type { Face, Hello } from './face.js'
import { dollars, tokens } from './facts.js'
import { cleanInline, cleanLines } from './said/clean.js'
import type { SessionUsage } from './usage.js'

export type Health = { readonly healthy: boolean; readonly sessions: number; readonly event_loop_delay_ms: number }

const ID_CHARS = 8

/** Who answers, where, and what is enforced around it: said at the start of every session. */
export function helloLines(hello: Hello): Line[] {
  const { isolation } = hello
  const tone = isolation.sealed ? 'dim' : 'warn'
  return [
    line(`Nacre · model ${cleanInline(hello.model)} · workspace ${cleanInline(hello.workspace)}`, 'dim', 2),
    line(`isolation: ${isolation.tier}, ${isolation.sealed ? 'sealed' : 'NOT SEALED YET'}`, tone, 2),
    ...isolation.words.map((words) => line(`  ${cleanInline(words)}`, tone, 2)),
  ]
}

export const sessionLine = (session: SessionSummary): Line =>
  line(`session ${shortId(session)}${nameOf(session)}`, 'dim', 2)

const shortId = ({ session }: SessionSummary): string => cleanInline(session.slice(0, ID_CHARS))

const nameOf = ({ title }: SessionSummary) => (title === '' ? '' : ` "${cleanInline(title)}"`)

/** `just now`, `5 min ago`, `3 h ago`, `2 days ago`. */
export function agoWords(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return 'just now'
  if (minutes < 60) return `${minutes} min ago`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return `${hours} h ago`
  return hours < 48 ? 'yesterday' : `${Math.floor(hours / 24)} days ago`
}

export const saidLines = (text: string): Line[] => cleanLines(text).map((said) => line(said, 'dim', 2))

/** What a session used, and what is left of its budgets. */
export function usageLines(usage: SessionUsage): Line[] {
  const cached =
    usage.input_tokens > 0
      ? `, ${Math.round((100 * usage.cache_read_tokens) / usage.input_tokens)} % of them cached`
      : ''
  const uncounted =
    usage.uncounted_calls > 0
      ? [
          line(
            `${usage.uncounted_calls} calls were not counted by their vendor; they stand at what was reserved.`,
            'dim',
            2,
          ),
        ]
      : []
  return [
    BLANK,
    line(
      `${usage.calls} ${usage.calls === 1 ? 'call' : 'calls'} of a model, ${dollars(usage.cost_micro_usd)}`,
      'plain',
      2,
    ),
    line(`${tokens(usage.input_tokens)} tokens told${cached}; ${tokens(usage.output_tokens)} tokens said`, 'plain', 2),
    ...uncounted,
    ...Object.entries(usage.budget).flatMap(([whose, slice]) => (slice ? budgetLines(whose, slice) : [])),
  ]
}

type Slice = NonNullable<SessionUsage['budget']['turn']>

function budgetLines(whose: string, slice: Slice): Line[] {
  const { limit_micro_usd: money, limit_tokens: most, spent_micro_usd: spent, spent_tokens: used } = slice
  const inMoney = money === undefined ? [] : [`${dollars(spent)} of ${dollars(money)}`]
  const inTokens = most === undefined ? [] : [`${tokens(used)} of ${tokens(most)} tokens`]
  const both = [...inMoney, ...inTokens]
  return both.length === 0 ? [] : [line(`the ${whose}: ${both.join(', ')}`, 'plain', 2)]
}

const sessions = (count: number) => `${count} ${count === 1 ? 'session' : 'sessions'}`

/** What was told to stop. */
export const stoppedLines = (count: number): Line[] =>
  saidLines(count === 0 ? 'Nothing is running.' : `${sessions(count)} ${count === 1 ? 'was' : 'were'} told to stop.`)

/** A session that was put away, and the way back to it. */
export const archivedLines = (session: SessionSummary): Line[] => [
  BLANK,
  ...saidLines(
    `Session ${shortId(session)}${nameOf(session)} is put away. /switch ${shortId(session)} opens it again.`,
  ),
]

/** `status` is what the daemon says of itself. */
export function statusLines(face: Face, status: Health): Line[] {
  const { session, transcript } = face
  const { state } = transcript
  const turns = state.turns.length + (state.open ? 1 : 0)
  const health = `${status.healthy ? 'healthy' : 'NOT HEALTHY'}, ${sessions(status.sessions)}, event loop delay ${status.event_loop_delay_ms} ms`
  return [
    BLANK,
    ...(face.hello ? helloLines(face.hello) : []),
    ...(session ? [sessionLine({ ...session, title: state.title || session.title })] : []),
    line(`${state.open ? 'a turn is running' : 'idle'}, ${turns} turns shown, ${state.queue.length} queued`, 'dim', 2),
    line(`daemon: ${health}`, status.healthy ? 'dim' : 'warn', 2),
  ]
}

/** The last words: what goes on without us, and what may not have arrived. */
export function farewellLines(face: Face, texts: { readonly stopHint: string; readonly awayHint?: string }): Line[] {
  const { connection, hello } = face
  const isAway = connection.type === 'closed' || (connection.type === 'connecting' && hello !== undefined)
  const unsure = face.sending.filter(({ seq }) => seq === undefined).map(({ text }) => text)
  return [
    BLANK,
    ...[...unsure, ...face.held.map(({ text }) => text)].map((text) =>
      line(`! it is not known whether this was taken: ${inQuotes(text)}`, 'warn', 2),
    ),
    ...cleanLines(isAway ? (texts.awayHint ?? '') : texts.stopHint).map((text) => line(text, 'plain', 2)),
  ]
}

/** What went wrong, and how to mend it where that is known. */
export function errorLines(what: string, error: unknown): Line[] {
  const message = error instanceof Error ? error.message : hasText(error, 'message') ? error.message : String(error)
  const mend = hasText(error, 'mend') ? error.mend : ''
  return [
    line(`✗ ${what}: ${cleanInline(message)}`, 'error', 2),
    ...(mend === '' ? [] : [line(`  ${cleanInline(mend)}`, 'error', 2)]),
  ]
}

const hasText = <K extends string>(value: unknown, key: K): value is Record<K, string> =>
  typeof value === 'object' && value !== null && typeof (value as Record<string, unknown>)[key] === 'string'

export const inQuotes = (text: string): string => {
  const whole = cleanInline(text)
  return `"${whole.length > 60 ? `${whole.slice(0, 59)}…` : whole}"`
}
