const FORMS = 64

/**
 * Whether a path (names joined by `/`) fits a glob: `*` and `?` within a name, `**` for any names, `{a,b}` for either. One without
 * a slash is about the last name alone. Takes time in proportion to both lengths, whatever the glob.
 */
export function globMatcher(glob: string): (path: string) => boolean {
  const forms = expand(glob.replace(/^\.?\//, '')).map((form) => (form.includes('/') ? form : `**/${form}`).split('/'))
  return (path) => {
    const names = path.split('/')
    return forms.some((form) => fits(form, names, isAny, nameFits))
  }
}

function expand(glob: string): readonly string[] {
  const [braces, inner = ''] = /\{([^{}]*)\}/.exec(glob) ?? []
  if (braces === undefined) return [glob]
  const forms = inner.split(',').flatMap((choice) => expand(glob.replace(braces, () => choice)))
  return forms.slice(0, FORMS)
}

const isAny = (name: string) => name === '**'
const nameFits = (pattern: string, name: string) =>
  fits(
    [...pattern],
    [...name],
    (sign) => sign === '*',
    (sign, char) => sign === '?' || sign === char,
  )

/** Greedy, with one way back: to the last "any number of them". */
function fits(
  pattern: readonly string[],
  parts: readonly string[],
  isAnyNumber: (sign: string) => boolean,
  isOne: (sign: string, part: string) => boolean,
): boolean {
  let [at, sign, star, resume] = [0, 0, -1, 0]
  while (at < parts.length) {
    const wanted = pattern[sign]
    if (wanted !== undefined && isAnyNumber(wanted)) {
      star = sign++
      resume = at
    } else if (wanted !== undefined && isOne(wanted, parts[at] ?? '')) {
      sign++
      at++
    } else if (star !== -1) {
      sign = star + 1
      at = ++resume
    } else return false
  }
  return pattern.slice(sign).every(isAnyNumber)
}
