import type { Colours } from '@nacre/tui'

/** What a terminal says of its colours in its environment; how bright it is it is asked later. */
export function coloursOf({ NO_COLOR, COLORTERM = '', TERM = '', COLORFGBG = '' }: NodeJS.ProcessEnv): Colours {
  const depth = /truecolor|24bit/u.test(COLORTERM) ? 'truecolor' : TERM.includes('256color') ? '256' : '16'
  return { noColor: Boolean(NO_COLOR), background: backgroundOf(COLORFGBG), depth }
}

/** Some terminals tell foreground and background by their numbers: `15;0`. */
function backgroundOf(numbers: string): Colours['background'] {
  const last = /;(\d+)$/u.exec(numbers)?.[1]
  if (last === undefined) return 'unknown'
  return last === '7' || Number(last) > 8 ? 'light' : 'dark'
}
