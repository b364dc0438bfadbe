import type { Bench, Row } from './bench.ts'

/** One bench of a run: its rows, or why it has none. */
export type Measured = { readonly bench: Bench; readonly rows: readonly Row[] | Error }

/** One row on a terminal. */
export const line = ({ what, value, target }: Row): string =>
  `  ${what}: ${value}${target ? `  (${target.words}: ${verdict(target)})` : ''}`

const verdict = ({ met }: { readonly met: boolean }) => (met ? 'met' : 'MISSED')

/** A run as a page of docs. */
export function page(machine: readonly (readonly [string, string])[], run: readonly Measured[]): string {
  const rows = run.flatMap(({ rows }) => (rows instanceof Error ? [] : rows))
  const targets = rows.flatMap(({ target }) => (target ? [target] : []))
  const missed = targets.filter(({ met }) => !met).length
  return [
    '# Benchmarks',
    'One run of `pnpm bench`, written by it. [How it measures](decisions/bench.md).',
    `${targets.length - missed} of ${targets.length} targets met, ${missed} missed.`,
    table(['this run', ''], machine),
    ...run.flatMap(section),
  ].join('\n\n')
}

function section({ bench, rows }: Measured): string[] {
  const head = [`## ${bench.title}`, bench.note]
  if (rows instanceof Error) return [...head, `**Not measured:** ${rows.message}`]
  const cells = rows.map(({ what, value, target }) => [what, value, target?.words ?? '', target ? verdict(target) : ''])
  return [...head, table(['', 'measured', 'target', ''], cells)]
}

/** Cells of a column are as wide as its widest, so that the source can be read too. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  const spelled = (row: readonly string[]) =>
    `| ${widths.map((width, n) => (row[n] ?? '').padEnd(width)).join(' | ')} |`
  return [spelled(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(spelled)].join('\n')
}
