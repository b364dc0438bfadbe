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
