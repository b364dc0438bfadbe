import type { Argument, Section } from './command.js'

const SESSION: Argument = {
  name: 'SESSION',
  what: 'its id, the beginning of it, or its title',
  need: 'needed',
  complete: 'session',
}
const JSON_OBJECT = { json: 'print one object' } as const

export const RECORDS: Section = {
  title: 'What happened',
  commands: [
    {
      name: 'events',
      summary: 'what happened, one event a line',
      about: 'With the daemon down it reads the log itself.',
      flags: {
        session: 'only of this one',
        follow: 'go on with what comes, until ctrl-c; also in sessions that come later',
        json: 'print one object a line: { session, seq, type, at, … }',
      },
      examples: [
        { line: 'events --json', says: 'everything that is stored' },
        { line: 'events --session 4f --follow', says: 'watch one session' },
      ],
      exits: ['failed', 'notRunning'],
      json: 'lines',
      load: async () => (await import('../commands/events.js')).events,
    },
    {
      name: 'sessions list',
      summary: 'the sessions, the one that changed last first',
      flags: { json: 'print one object a line' },
      examples: [{ line: 'sessions', says: 'list them' }],
      exits: ['failed'],
      json: 'lines',
      load: async () => (await import('../commands/sessions.js')).listSessions,
    },
    {
      name: 'sessions show',
      summary: 'one session: title, agent, turns, what it cost',
      args: [SESSION],
      flags: JSON_OBJECT,
      examples: [{ line: 'sessions show 4f', says: 'look at one' }],
      exits: ['failed'],
      json: 'object',
      load: async () => (await import('../commands/sessions.js')).showSession,
    },
    {
      name: 'sessions fork',
      summary: 'a copy that goes its own way',
      args: [SESSION],
      flags: { 'up-to': 'up to and including this seq; all of it, if not said', ...JSON_OBJECT },
      examples: [{ line: 'sessions fork 4f --up-to 12', says: 'try another way from there' }],
      exits: ['failed'],
      json: 'object',
      load: async () => (await import('../commands/sessions.js')).forkSession,
    },
    {
      name: 'export',
      summary: 'a session as a file',
      about:
        'jsonl is the events themselves and the blobs that they name: import brings it back without loss. markdown and html are views to read. Nothing is taken out: whoever gets the file reads all that was said.',
      args: [SESSION],
      flags: {
        format: 'jsonl (the default), markdown or html',
        out: 'write this new file (0600); standard output, if not said',
        json: 'with --out: print one object that says what was written',
      },
      examples: [
        { line: 'export 4f --out boats.jsonl', says: 'keep it' },
        { line: 'export 4f --format html --out boats.html', says: 'read it in a browser' },
      ],
      exits: ['failed'],
      json: 'object',
      load: async () => (await import('../commands/export.js')).exportSession,
    },
    {
      name: 'import',
      summary: 'bring back a session that was exported as jsonl',
      about:
        'Every line is checked before anything is written. It writes the log itself, so the daemon must be stopped.',
      args: [{ name: 'FILE', what: 'what export wrote', need: 'needed', complete: 'file' }],
      flags: { as: 'under this id; its own, if not said', ...JSON_OBJECT },
      examples: [{ line: 'import boats.jsonl --as boats-again', says: 'beside the one that is there' }],
      exits: ['failed'],
      json: 'object',
      load: async () => (await import('../commands/import.js')).importSession,
    },
    {
      name: 'replay',
      summary: 'drive a session again from its log, and show any divergence',
      about:
        'The model says what it said, tools give what they gave: no network, no tool is run, nothing is written. Exit code 1 says that what would happen today differs from what is in the log.',
      args: [SESSION],
      flags: JSON_OBJECT,
      examples: [{ line: 'replay 4f', says: '3 turns, 41 events: no divergence' }],
      exits: ['failed'],
      json: 'object',
      load: async () => (await import('../commands/replay.js')).replay,
    },
    {
      name: 'usage',
      summary: 'what was spent: tokens and dollars',
      flags: { by: 'user, session, model (the default) or day', json: 'print one object' },
      examples: [
        { line: 'usage', says: 'by model' },
        { line: 'usage --by day --json', says: 'day by day, for a script' },
      ],
      exits: ['failed'],
      json: 'object',
      ofNobody: ({ by }) => by === 'user',
      load: async () => (await import('../commands/usage.js')).usage,
    },
  ],
}
