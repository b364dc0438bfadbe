import { codeOf } from './tree.mjs'

const WITHOUT_REASON = /\b(?:test|it|describe|suite)(?:\.\w+)*\.(?:skip|skipIf|runIf|todo|only)\b/
const SKIP_CALL = /(?:\b(?:ctx|context|t)\.|(?<![.\w]))skip\(([^)]*)/
const A_REASON = /['"`]\s*\S|\b(?:reason|needs)\b/i

/** Fakes over mocks, and no test that is silently not run: `ctx.skip('needs tmux: …')` is the one way to skip. */
export function honestTests(tree) {
  return codeOf(tree)
    .filter(({ path }) => /^(?:packages|examples)\/.*\/?test\//.test(path))
    .flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, index) => {
        const message = complaint(line)
        return message ? [{ path, line: index + 1, message }] : []
      }),
    )
}

function complaint(line) {
  if (/\bvi\.(?:mock|doMock)\(/.test(line)) return 'vi.mock: pass a fake in, most packages ship one at ./testing'
  const modifier = WITHOUT_REASON.exec(line)?.[0]
  if (modifier) return `${modifier} runs less without saying why: use ctx.skip('needs …') inside the test`
  const skip = SKIP_CALL.exec(line)
  if (skip && !A_REASON.test(skip[1])) return 'a skip without its reason in words'
  return undefined
}
