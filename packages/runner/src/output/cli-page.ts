import type { Command, Section } from '../command-line/command.js'
import { EXIT, EXIT_MEANS, type ExitName } from '../command-line/exit.js'
import type { FlagName } from '../command-line/flags.js'
import { GLOBAL_FLAGS } from '../command-line/flags.js'
import { exitsOf, flagUsage, schemaName, usageOf } from '../command-line/help.js'

/** docs/cli.md, from the table of commands. */
export function cliPage(sections: readonly Section[]): string {
  return [
    '# The command line',
    '',
    '<!-- Made by scripts/cli-docs.mjs from packages/runner/src/command-line; change it there. -->',
    '',
    'In a checkout `runner` is `npm run --silent runner --`. Flags may stand before or after the command; a session may be named by the beginning of its id, or by its title.',
    '',
    ...table('before or after each command', flagRows(GLOBAL_FLAGS)),
    ...table(
      'exit code',
      (Object.keys(EXIT) as ExitName[]).map((name) => [String(EXIT[name]), EXIT_MEANS[name]]),
    ),
    'What goes wrong is said on standard error: a line that says what, and below it how to mend it.',
    '',
    ...sections.flatMap(({ title, commands }) => [
      `## ${title}`,
      '',
      ...commands.filter(({ hidden }) => !hidden).flatMap(ofCommand),
    ]),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n')
}

function ofCommand(command: Command): readonly string[] {
  const { name, summary, about, args = [], flags = {}, examples, json } = command
  const codes = exitsOf(command).map((exit) => EXIT[exit])
  return [
    `### ${name}`,
    '',
    `${summary[0]?.toUpperCase()}${summary.slice(1)}.${about ? ` ${about}` : ''}`,
    '',
    '```sh',
    ...examples.map(({ line, says }) => `runner ${line} # ${says}`),
    '```',
    '',
    `\`runner ${usageOf(command)}\``,
    '',
    ...table('argument or flag', [...args.map((arg) => [`\`${arg.name}\``, arg.what] as const), ...flagRows(flags)]),
    `Exit codes: ${codes.join(', ')}.${json ? ` With \`--json\` ${json === 'lines' ? 'each line is' : 'it prints'} ${json === 'lines' ? 'an object' : 'one object'} of [this schema](schemas/${schemaName(command)}.json).` : ''}`,
    '',
  ]
}

const flagRows = (flags: Partial<Readonly<Record<FlagName, string>>>) =>
  Object.entries(flags).map(([name, what]) => [`\`${flagUsage(name as FlagName)}\``, what] as const)

/** As the formatter of this repository writes it: columns as wide as their widest cell. */
function table(title: string, rows: readonly (readonly [string, string])[]): readonly string[] {
  if (rows.length === 0) return []
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
  const cells = [[title, ''] as const, ...rows.map(([left, right]) => [cell(left), cell(right)] as const)]
  const [first, second] = [0, 1].map((column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)))
  const [head = '', ...lines] = cells.map(([l, r]) => `| ${l.padEnd(first ?? 0)} | ${r.padEnd(second ?? 0)} |`)
  return [head, `| ${'-'.repeat(first ?? 0)} | ${'-'.repeat(second ?? 0)} |`, ...lines, '']
}
