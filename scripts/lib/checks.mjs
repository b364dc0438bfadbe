import { join } from 'node:path'
import { membersOf } from './workspace.mjs'

/** Every check as `{ name, commands }`, each command the arguments of one Node process; slowest first. */
export function checks(root) {
  const script = (path, ...args) => [join(root, 'node_modules', path), ...args]
  return [
    { name: 'rules are able to fail', commands: [['--test', '--test-reporter=dot', 'scripts/test/*.test.mjs']] },
    { name: 'knip', commands: [script('knip/bin/knip.js', '--no-config-hints')] },
    { name: 'oxlint', commands: [script('oxlint/bin/oxlint', '--type-aware', '--deny-warnings')] },
    {
      name: 'biome',
      commands: [script('@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '--max-diagnostics=50')],
    },
    { name: 'types of tests', commands: [script('typescript/bin/tsc', '-p', 'tsconfig.test.json')] },
    {
      name: 'turbo boundaries',
      commands: [script('turbo/bin/turbo', 'boundaries', '--dangerously-disable-package-manager-check')],
    },
    {
      name: 'publint',
      commands: membersOf(root, 'packages').map(({ path }) =>
        script('publint/src/cli.js', 'run', path, '--pack', 'false', '--level', 'warning', '--strict'),
      ),
    },
    {
      // What is generated belongs to what is there now: a tool whose words have changed would be sold by its old ones.
      name: 'toolgen',
      commands: [
        [join(root, 'packages/toolgen/dist/cli.js'), '--check', 'packages/tools/src', 'packages/toolgen/test/shapes'],
      ],
    },
    { name: 'docs of the command line', commands: [[join(root, 'scripts', 'cli-docs.mjs'), '--check']] },
    { name: 'docs of the protocol', commands: [[join(root, 'scripts', 'protocol-docs.mjs'), '--check']] },
    { name: 'weight', commands: [[join(root, 'scripts', 'weight.mjs')]] },
    { name: 'rules', commands: [[join(root, 'scripts', 'rules.mjs')]] },
  ]
}
