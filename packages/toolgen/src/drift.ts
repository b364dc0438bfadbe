import { relative } from 'node:path'
import type { Schemas } from './generate.js'

/** What is wrong with a generated file as it lies there, or undefined: the first line that differs, both ways. */
export function driftOf({ source, path, text }: Schemas, found: string | undefined): string | undefined {
  if (found === text) return undefined
  const [file, from] = [relative('', path), relative('', source)]
  if (found === undefined) return `${file} is missing: ${from} has tools. Run pnpm toolgen.`
  const [there, wanted] = [found.split('\n'), text.split('\n')]
  const index = wanted.findIndex((line, at) => line !== there[at])
  const at = index === -1 ? wanted.length : index
  const lines = [`- ${there[at] ?? '(the end)'}`, `+ ${wanted[at] ?? '(the end)'}`]
  return [`${file}:${at + 1} is not what ${from} says. Run pnpm toolgen.`, ...lines].join('\n  ')
}
