import { execFile } from 'node:child_process'
import { type Check, fact, ok, type Said, warning } from './finding.js'

export const terminal: Check = {
  name: 'terminal',
  run: async ({ context: { env }, isTerminal }) => {
    const said = judgeTerminal(env, isTerminal)
    return env.TMUX ? [...said, judgeTmux(await tmuxVersion(env))] : said
  },
}

type Env = Readonly<Record<string, string | undefined>>

export function judgeTerminal(env: Env, isTerminal: boolean): readonly Said[] {
  const { TERM: term } = env
  const kind = !isTerminal
    ? fact('Here is no terminal: ask, events and --plain work without one.')
    : term === undefined || term === 'dumb'
      ? warning(
          `TERM is ${term ?? 'not set'}: the terminal's face cannot draw.`,
          'Set TERM to what the terminal is, such as xterm-256color.',
        )
      : ok(`${term}, ${coloursOf(env)}`)
  return [kind, judgeLocale(env)]
}

function coloursOf(env: Env): string {
  if (env.NO_COLOR) return 'NO_COLOR is set'
  if (/^(truecolor|24bit)$/.test(env.COLORTERM ?? '')) return '16 million colours'
  return /256/.test(env.TERM ?? '') ? '256 colours' : '16 colours'
}

function judgeLocale({ LC_ALL, LC_CTYPE, LANG }: Env): Said {
  const locale = LC_ALL || LC_CTYPE || LANG || ''
  if (/utf-?8/i.test(locale)) return ok(`locale ${locale}`)
  const named = locale === '' ? 'No locale is set' : `The locale is ${locale}`
  return warning(`${named}, not UTF-8: other than English letters may look wrong.`, 'Set LANG, for example to C.UTF-8.')
}

const OLDEST_TMUX = 3

export function judgeTmux(version: string | undefined): Said {
  const major = Number.parseInt(/\d+/.exec(version ?? '')?.[0] ?? '', 10)
  if (version === undefined || Number.isNaN(major)) return fact('Within tmux, of an unknown version.')
  if (major >= OLDEST_TMUX) return ok(`within ${version}`)
  return warning(`${version} is old: colours and pasting may suffer.`, `Take tmux ${OLDEST_TMUX} or later.`)
}

const TMUX_MS = 1000

const tmuxVersion = (env: Env) =>
  new Promise<string | undefined>((resolve) => {
    execFile('tmux', ['-V'], { env, timeout: TMUX_MS, maxBuffer: 4096 }, (error, stdout) =>
      resolve(error ? undefined : stdout.trim()),
    )
  })
