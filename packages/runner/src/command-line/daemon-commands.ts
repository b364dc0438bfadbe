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
  ],
}
