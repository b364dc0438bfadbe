import { codeOf } from './tree.mjs'

const NEVER =
  /biome-ignore\S* lint\/suspicious\/(?:noExplicitAny|noImportCycles)|biome-ignore-all\b|oxlint-disable(?!-next-line)|@ts-(?:ignore|nocheck)\b/
// Here the words stand as samples.
const SAMPLES = /^scripts\/(?:rules|test)\//

/** Some rules have no exception, and no rule is switched off for a whole file. */
export function suppressions(tree) {
  return codeOf(tree)
    .filter(({ path }) => !SAMPLES.test(path))
    .flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, index) => {
        const found = NEVER.exec(line)?.[0]
        return found ? [{ path, line: index + 1, message: `"${found}" is not allowed` }] : []
      }),
    )
}
