import type { Section } from './command.js'

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
