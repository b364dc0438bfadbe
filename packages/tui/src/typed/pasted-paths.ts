import { shellWords } from './shell-words.js'

const TEXT_MOST = 16 * 1024
const PATHS_MOST = 20

/**
 * The ways in which a paste can be read as nothing but absolute paths, likeliest first: terminals paste a dropped file
 * quoted, escaped, as a file:// URL, or just so. None for ordinary text.
 */
export function pathsIn(pasted: string, home: string): readonly (readonly string[])[] {
  const text = pasted.trim()
  if (text === '' || text.length > TEXT_MOST) return []
  const lines = text
    .split(/\n/u)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const readings = [shellWords(text), lines].map((words) => words?.map((word) => pathOf(word, home)) ?? [])
  const whole = readings.filter(
    (paths): paths is string[] => paths.length > 0 && paths.every((path) => path !== undefined),
  )
  const different = whole.filter((paths, index) => index === 0 || paths.join('\n') !== whole[0]?.join('\n'))
  return different.filter((paths) => paths.length <= PATHS_MOST)
}

function pathOf(word: string, home: string): string | undefined {
  if (word.startsWith('file://')) return pathOfUrl(word)
  if (word.startsWith('~/') && home !== '') return home + word.slice(1)
  return word.startsWith('/') && word.length > 1 ? word : undefined
}

function pathOfUrl(url: string): string | undefined {
  const [, path] = /^file:\/\/(?:localhost)?(\/.+)$/u.exec(url) ?? []
  try {
    return path && decodeURIComponent(path)
  } catch {
    return undefined
  }
}
