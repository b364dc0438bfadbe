/** What a line is to its reader; with colours it decides the colour. */
export type Tone = 'plain' | 'user' | 'tool' | 'dim' | 'warn' | 'error' | 'ask'

/** One line as it is said, of any length. `hang` is how far its continuation rows are indented. */
export type Line = { readonly text: string; readonly tone: Tone; readonly hang: number }

export const line = (text: string, tone: Tone = 'plain', hang = 0): Line => ({ text, tone, hang })

export const BLANK: Line = line('')

const SGR: Readonly<Record<Tone, string>> = {
  plain: '',
  user: '1;36',
  tool: '36',
  dim: '2',
  warn: '33',
  error: '31',
  ask: '1;33',
}

/** A row with its colour around it. */
export const paint = (text: string, tone: Tone, color: boolean): string =>
  color && text !== '' && SGR[tone] !== '' ? `\u001b[${SGR[tone]}m${text}\u001b[0m` : text
