import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { CONFIG } from '../src/command-line/config-commands.js'
import { SERVICE } from '../src/command-line/service-commands.js'
import { SETUP } from '../src/command-line/setup-commands.js'
import { SETUP_OUTPUTS } from '../src/output/setup-outputs.js'
import { makePlace } from './place.js'

const published = (name: string) =>
  new URL(`../../../docs/schemas/${name.replaceAll(' ', '-')}.json`, import.meta.url).pathname
const schemaOf = (schema: z.ZodType) => z.toJSONSchema(schema)

const RUNS: Readonly<Record<keyof typeof SETUP_OUTPUTS, readonly (readonly string[])[]>> = {
  setup: [['--provider', 'groq', '--model', 'm']],
  'config show': [[], ['--origin']],
  'config get': [['budget.day_usd'], ['tools.shell.env_keys']],
  'config set': [
    ['budget.day_usd', '5'],
    ['budget.day_usd', '5'],
    ['runtime.max_turns', '9'],
  ],
  'config unset': [['budget.day_usd'], ['prompt']],
  'config path': [[]],
  doctor: [[]],
  'service install': [[]],
  'service status': [[]],
  'service uninstall': [[]],
}

describe('what the commands that set up print with --json', { timeout: 60_000 }, () => {
  test.each(Object.entries(SETUP_OUTPUTS))('has a published schema: %s', async (name, schema) => {
    await expect(`${JSON.stringify(schemaOf(schema), null, 2)}\n`).toMatchFileSnapshot(published(name))
  })

  test('has one for each command that takes --json', () => {
    const taking = [...CONFIG, ...SERVICE, ...SETUP.commands].filter(({ json }) => json !== undefined)
    const own = taking.filter(({ name }) => !name.startsWith('catalog')).map(({ name }) => name)
    expect([...new Set(own)].sort()).toEqual(Object.keys(SETUP_OUTPUTS).sort())
  })

  test('is as its schema says', async () => {
    await using place = makePlace({ env: { NACRE__RUNTIME__MAX_TURNS: '7', GROQ_API_KEY: 'sk-test' } })
    for (const [name, runs] of Object.entries(RUNS)) {
      const takes = new Ajv2020({ strict: false }).compile(schemaOf(SETUP_OUTPUTS[name as keyof typeof SETUP_OUTPUTS]))
      for (const args of runs) {
        const { stdout, stderr } = await place.run(...name.split(' '), ...args, '--json')
        expect(stderr, name).toBe('')
        expect(takes(JSON.parse(stdout)), `${name} ${JSON.stringify(takes.errors)} ${stdout}`).toBe(true)
      }
    }
  })
})
