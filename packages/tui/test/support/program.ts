import { systemWorld } from '@nacre/client'
import { runTui } from '@nacre/tui'
import { actingDaemon } from './acting-daemon.ts'
import { fakePlace } from './fake-place.ts'
import { lateOutput } from './late-output.ts'

/**
 * A terminal face over a daemon that is not there, for eyes and for tmux: `node test/support/program.ts`. What it answers
 * is in acting-daemon.ts. `TURNS` is how long the session is already, `COLOURS` how deep colours are, `BACKGROUND` what
 * they stand on; after how many writes it hears of another size `LATE`.
 */
const { TURNS = '0', LATE = '0', COLOURS = '16', BACKGROUND = 'unknown', NO_COLOR } = process.env
const depth = (['none', '16', '256', 'truecolor'] as const).find((each) => each === COLOURS) ?? '16'
const background = (['dark', 'light'] as const).find((each) => each === BACKGROUND) ?? 'unknown'
const { place } = fakePlace({
  settings: async () => ({ problems: [], ...(background !== 'unknown' && { theme: background }) }),
  history: { load: async () => ['the oldest line', 'an older line'], add: async () => undefined },
  edit: async (text) => `${text} from an editor`,
  clipboardImage: async () => ({
    name: 'clipboard.png',
    mediaType: 'image/png',
    sizeBytes: 12_345,
    source: { type: 'bytes', bytes: new Uint8Array(12_345) },
  }),
  files: async (_workspace, prefix) => ['notes.md', 'plans.md', 'src/'].filter((path) => path.startsWith(prefix)),
  exportSession: async (_session, format, path) => path ?? `/tmp/first-steps.${format}`,
})
const end = await runTui({
  world: systemWorld(),
  connect: async () => actingDaemon(Number(TURNS)),
  place: async () => place,
  input: process.stdin,
  output: LATE === '0' ? process.stdout : lateOutput(Number(LATE)),
  colours: { noColor: Boolean(NO_COLOR), background, depth },
  texts: { stopHint: "Alice's daemon keeps running; stop it with: runner stop --user alice" },
})
process.stdout.write(`(${end.exit})\n`)
