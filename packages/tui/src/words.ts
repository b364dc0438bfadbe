import type { SessionSummary } from '@nacre/client'
import { cleanInline, cleanLines } from './clean.js'
import { COMMANDS } from './commands.js'
import type { Face, Hello } from './face.js'
import { BLANK, type Line, line } from './line.js'

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

/** The sessions, newest first, by the shortest beginnings that tell them apart. */
export function sessionLines(sessions: readonly SessionSummary[], current: string | undefined): Line[] {
  const ids = sessions.map(({ session }) => session)
  let length = ID_CHARS
  while (new Set(ids.map((id) => id.slice(0, length))).size < new Set(ids).size) length++
  const newestFirst = sessions.toSorted((a, b) => b.updated_at - a.updated_at)
  return [
    BLANK,
    ...newestFirst.map((session) => {
      const id = cleanInline(session.session.slice(0, length))
      const whose = session.parent ? ` (delegate of ${cleanInline(session.parent.slice(0, length))})` : ''
      return line(
        `${session.session === current ? '*' : ' '} ${id} ${session.status.padEnd(7)}${nameOf(session)}${whose}`,
        'plain',
        4,
      )
    }),
    line('/switch <prefix> goes to one', 'dim', 2),
  ]
}

export const helpLines = (): Line[] => [
  BLANK,
  ...COMMANDS.map(({ name, argument, does }) => line(`${`/${name} ${argument}`.padEnd(18)} ${does}`, 'plain', 19)),
  line(
    'Enter sends, and queues while the agent is busy. Alt-Enter begins a new line. Up and down recall what was sent.',
    'dim',
  ),
  line('A line that begins with / is never sent; put a space in front of it to send it.', 'dim'),
]

/** `status` is what the daemon says of itself. */
export function statusLines(face: Face, status: Health): Line[] {
  const { session, transcript } = face
  const { state } = transcript
  const turns = state.turns.length + (state.open ? 1 : 0)
  const health = `${status.healthy ? 'healthy' : 'NOT HEALTHY'}, ${status.sessions} sessions, event loop delay ${status.event_loop_delay_ms} ms`
  return [
    BLANK,
    ...(face.hello ? helloLines(face.hello) : []),
    ...(session ? [sessionLine({ ...session, title: state.title || session.title })] : []),
    line(`${state.open ? 'a turn is running' : 'idle'}, ${turns} turns shown, ${state.queue.length} queued`, 'dim', 2),
    line(`daemon: ${health}`, status.healthy ? 'dim' : 'warn', 2),
  ]
}

/** The last words: what goes on without us, and what may not have arrived. */
export function farewellLines(face: Face, stopHint: string): Line[] {
  const unsure = face.sending.filter(({ seq }) => seq === undefined).map(({ text }) => text)
  return [
    BLANK,
    ...[...unsure, ...face.held].map((text) =>
      line(`! it is not known whether this was taken: ${inQuotes(text)}`, 'warn', 2),
    ),
    ...cleanLines(stopHint).map((text) => line(text, 'plain', 2)),
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
