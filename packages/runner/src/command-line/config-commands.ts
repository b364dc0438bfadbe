import type { Command } from './command.js'

const KINDS = ['agent', 'providers', 'runner', 'user', 'tui'] as const
const KEY = { name: 'KEY', what: 'a key with its tables, as in budget.day_usd', need: 'needed' } as const

export const CONFIG: readonly Command[] = [
  {
    name: 'config show',
    summary: 'every value that holds; secrets are never shown',
    about: 'What nobody set and what has no default is not there: docs/config.md has every key.',
    ofOne: 'config get',
    flags: {
      origin: 'say what set each: a file and its line, a variable, a flag, or default',
      json: 'print one object',
    },
    examples: [
      { line: 'config show', says: 'what holds for you' },
      { line: 'config show --origin', says: 'and where it comes from' },
    ],
    exits: ['failed'],
    json: 'object',
    load: async () => (await import('../commands/config-show.js')).show,
  },
  {
    name: 'config get',
    summary: 'the value of one key',
    args: [KEY],
    flags: { json: 'print one object, with what set it' },
    examples: [{ line: 'config get selection.model', says: 'which model answers' }],
    exits: ['failed'],
    json: 'object',
    load: async () => (await import('../commands/config-show.js')).get,
  },
  {
    name: 'config set',
    summary: 'set a key, or several, in your own files; comments and order stay',
    about:
      'The whole configuration is judged first, and nothing is changed where it would be wrong. Keys that need each other are set together. A value is written as in TOML; a text needs no quotes. A secret is read from standard input, with - in its place.',
    args: [
      KEY,
      { name: 'VALUE', what: 'its value, or - for standard input', need: 'needed' },
      { name: 'KEY VALUE', what: 'more of them', need: 'rest' },
    ],
    flags: { file: "into this file; the key's own if not said", json: 'print one object' },
    examples: [
      { line: 'config set budget.day_usd 5', says: 'spend no more than that in a day' },
      {
        line: 'config set selection.provider anthropic selection.model claude-sonnet-4-5',
        says: 'two keys that need each other',
      },
      { line: 'config set providers.registry.work.api_key - < key.txt', says: 'a secret, seen by nobody' },
    ],
    exits: ['failed'],
    json: 'object',
    load: async () => (await import('../commands/config-set.js')).set,
  },
  {
    name: 'config unset',
    summary: 'take a key out of your own file again; comments stay',
    args: [KEY],
    flags: { file: "out of this file; the key's own if not said", json: 'print one object' },
    examples: [{ line: 'config unset budget.day_usd', says: 'back to the default' }],
    exits: ['failed'],
    json: 'object',
    load: async () => (await import('../commands/config-set.js')).unset,
  },
  {
    name: 'config schema',
    summary: 'the JSON Schema of a kind of file, for editors',
    args: [{ name: 'FILE', what: `one of ${KINDS.join(', ')}; agent if not said`, need: 'optional', complete: KINDS }],
    examples: [{ line: 'config schema providers', says: 'that of providers.toml' }],
    ofNobody: () => true,
    load: async () => (await import('../commands/config-show.js')).schema,
  },
  {
    name: 'config path',
    summary: 'where your files are, or would be',
    flags: { json: 'print one object' },
    examples: [{ line: 'config path', says: 'all five' }],
    json: 'object',
    load: async () => (await import('../commands/config-set.js')).path,
  },
]
