/**
 * A text that grows word by word. The words of an answer added one to the next would be a tree of ten thousand small
 * strings, which the garbage collector copies again and again: so they are joined by the hundred.
 */
export type GrownText = { joined: string; words: string[] }

const TOGETHER = 256

export const newText = (): GrownText => ({ joined: '', words: [] })

/** `together`: it came with the word before, and such a few are no matter. */
export function addWord(text: GrownText, word: string, together: boolean): void {
  const { words } = text
  if (together && words.length > 0) words[words.length - 1] += word
  else if (words.push(word) === TOGETHER) {
    text.joined += words.join('')
    text.words = []
  }
}

export const wholeText = ({ joined, words }: GrownText): string => joined + words.join('')
