import { ROOT } from './lib/root.mjs'
import { arrows } from './rules/arrows.mjs'
import { fileLength } from './rules/file-length.mjs'
import { honestTests } from './rules/honest-tests.mjs'
import { links } from './rules/links.mjs'
import { names } from './rules/names.mjs'
import { packageShape } from './rules/package-shape.mjs'
import { pinnedVersions } from './rules/pinned-versions.mjs'
import { suppressions } from './rules/suppressions.mjs'
import { readTree } from './rules/tree.mjs'

// The rules that no tool has. Prints what is found; exit code 1 if anything is more than a warning.
const RULES = { fileLength, names, honestTests, suppressions, pinnedVersions, packageShape, arrows, links }

const tree = readTree(ROOT)
const findings = Object.entries(RULES).flatMap(([rule, judge]) => judge(tree).map((finding) => ({ rule, ...finding })))
for (const { rule, path, line, message, warning } of findings) {
  process.stdout.write(`${warning ? 'warning' : 'error'} ${rule} ${path}${line ? `:${line}` : ''}: ${message}\n`)
}
process.exitCode = findings.some(({ warning }) => !warning) ? 1 : 0
