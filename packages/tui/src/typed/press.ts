import type { Press } from './keys.js'

export type Modifiers = Pick<Press, 'ctrl' | 'alt' | 'shift'>
export const NO_MODIFIERS: Modifiers = { ctrl: false, alt: false, shift: false }

export function press(name: string, modifiers: Partial<Modifiers> = {}): Press {
  return { type: 'press', name, ...NO_MODIFIERS, ...modifiers }
}

/** The press of a character that is more than text because of its modifiers. */
export function character(char: string, modifiers: Modifiers): Press {
  const lower = char.toLowerCase()
  const name = char === ' ' ? 'space' : lower
  return press(name, { ...modifiers, shift: modifiers.shift || lower !== char })
}
