/** The ways in which a key must be found nowhere, made with what Node offers; base64 at each offset in a longer text. */
export function spellingsOf(key: string): Readonly<Record<string, string>> {
  const hex = Buffer.from(key).toString('hex')
  const unicode = [...key].map((each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
  return {
    raw: key,
    hex,
    HEX: hex.toUpperCase(),
    percent: hex.replace(/../g, '%$&'),
    PERCENT: hex.toUpperCase().replace(/../g, '%$&'),
    'percent here and there': key.replace(/[^a-z]/g, (each) => `%${Buffer.from(each).toString('hex')}`),
    unicode,
    UNICODE: unicode.toUpperCase().replaceAll('\\U', '\\u'),
    solidus: key.replaceAll('/', '\\/'),
    ...inBase64(key, 'base64'),
    ...inBase64(key, 'base64url'),
  }
}

/** What of it only the key decides. */
function inBase64(key: string, encoding: 'base64' | 'base64url') {
  const at = (offset: number) =>
    Buffer.from('xx'.slice(0, offset) + key)
      .toString(encoding)
      .slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + Buffer.byteLength(key)) * 8) / 6))
  return Object.fromEntries([0, 1, 2].map((offset) => [`${encoding} at ${offset}`, at(offset)]))
}

/** What an upstream may write for `Bearer <key>`: each spelling of the key, and whole values in base64. */
export function echoesOf(authorization: string): readonly string[] {
  const key = authorization.replace('Bearer ', '')
  const whole = ['', 'x', 'xx'].flatMap((before) =>
    (['base64', 'base64url', 'hex'] as const).map((encoding) =>
      Buffer.from(`${before}${authorization}`).toString(encoding),
    ),
  )
  const { solidus: _, unicode: __, UNICODE: ___, ...plain } = spellingsOf(key)
  return [...Object.values(plain), ...whole]
}

/** Its words in JSON, and once more spelled as only a JSON writer can. */
export const jsonEscaped = (key: string): readonly string[] => {
  const { solidus = '', unicode = '', UNICODE = '' } = spellingsOf(key)
  return [solidus, unicode, UNICODE]
}

/** Which spellings of the key stand in a text, however often its backslashes were doubled; none may. */
export function leaksIn(text: string, key: string): string[] {
  const plain = text.replace(/\\+/g, '\\')
  return Object.entries(spellingsOf(key)).flatMap(([how, spelled]) => (plain.includes(spelled) ? [how] : []))
}
