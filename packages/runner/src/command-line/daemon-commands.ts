import type { Section } from './command.js'

const NOT_STARTED = ['failed', 'notRunning'] as const

export const DAEMON: Section = {
  title: 'Your daemon',
  commands: [
    {
      name: 'start',
      summary: "start a user's daemon",
      about:
        'In the foreground it logs to standard error until SIGINT or SIGTERM. For a user whose daemon runs it says so, and that is no failure.',
      flags: { detach: 'return when it is ready, and let it run on', workspace: 'give the agent this directory' },
      examples: [
        { line: 'start --detach', says: 'start it and go on working' },
        { line: 'start --workspace ~/garden', says: 'let the agent work in a directory of yours' },
      ],
      exits: NOT_STARTED,
      load: async () => (await import('../commands/begin-start.js')).beginStart,
    },
    {
      name: 'stop',
      summary: 'end it; a turn that runs is carried on by the next start',
      flags: { json: 'print one object' },
      examples: [{ line: 'stop', says: 'end it' }],
      exits: ['failed'],
      json: 'object',
      load: async () => (await import('../commands/stop.js')).stop,
    },
    {
      name: 'restart',
      summary: 'stop it and start it anew, with what it was started with',
      flags: { workspace: 'give the agent this directory from now on' },
      examples: [{ line: 'restart', says: 'take a changed configuration' }],
      exits: NOT_STARTED,
      load: async () => (await import('../commands/start.js')).restart,
    },
    {
      name: 'status',
      summary: 'what runs: pid, model, workspace, isolation, guests, sessions',
      flags: { json: 'print one object' },
      examples: [
        { line: 'status', says: 'look at it' },
        { line: 'status --json', says: 'the same for a script' },
      ],
      exits: ['failed', 'notRunning'],
      json: 'object',
      load: async () => (await import('../commands/status.js')).status,
    },
    {
      name: 'logs',
      summary: "the daemon's own log, also when it does not run",
      about:
        'No content of a conversation is in it: that is in the sessions. Of a failed turn it names session and kind; why says events --session ID.',
      flags: {
        tail: 'only the last N lines; 100 unless --since says otherwise',
        since: 'only what is younger: 30s, 10m, 2h, 3d, or a time such as 2026-11-25T08:00Z',
        follow: 'go on with what comes, until ctrl-c',
        json: 'print one object a line: { at, level, message, facts }',
      },
      examples: [
        { line: 'logs --tail 20', says: 'the last lines' },
        { line: 'logs --since 10m --follow', says: 'ten minutes back, and what comes' },
      ],
      exits: ['failed'],
      json: 'lines',
      load: async () => (await import('../commands/logs.js')).logs,
    },
  ],
}
