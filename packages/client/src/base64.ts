/** So many bytes become one text at a time: a call takes only so many arguments. A multiple of 3, so that texts can be joined. */
const SLICE = 24 * 1024

/** By what both browsers and Node have. */
export function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += SLICE) {
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + SLICE)))
  }
  return text
}

export const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
