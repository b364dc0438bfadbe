/**
 * A text that grows word by word. The words of an answer added one to the next would be a tree of ten thousand small
 * strings, which the garbage collector copies again and again: so they are joined by the hundred.
 */
export type GrownText = { joined: string; words: string[] }

const TOGETHER = 256

export const newText = (): GrownText => ({ joined: '', words: [] })

export function addWord(text: GrownText, word: string): void {
  if (text.words.push(word) < TOGETHER) return
  text.joined += text.words.join('')
  text.words = []
}

export const wholeText = ({ joined, words }: GrownText): string => joined + words.join('')
