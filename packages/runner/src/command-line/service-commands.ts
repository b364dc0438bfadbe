import type { Command } from './command.js'

/** A systemd unit of this account. */
export const SERVICE: readonly Command[] = [
  {
    name: 'service install',
    summary: 'let systemd start the daemon, now and with each login',
    about:
      'Writes a user unit and enables it. The daemon has the variables of ~/.config/nacre/environment (NAME=value, one a line), not those of your shell. Only for systemd; nothing is built for launchd.',
    flags: { print: 'show the unit, and write nothing', json: 'print one object' },
    examples: [
      { line: 'service install --print', says: 'look at it first' },
      { line: 'service install', says: 'write and enable it' },
    ],
    exits: ['failed'],
    json: 'object',
    load: async () => (await import('../commands/service.js')).install,
  },
  {
    name: 'service uninstall',
    summary: 'stop it, and take the unit away',
    flags: { json: 'print one object' },
    examples: [{ line: 'service uninstall', says: 'as it was before' }],
    exits: ['failed'],
    json: 'object',
    load: async () => (await import('../commands/service.js')).uninstall,
  },
  {
    name: 'service status',
    summary: 'whether the unit is there, enabled and active',
    flags: { json: 'print one object' },
    examples: [{ line: 'service status', says: 'look at it' }],
    exits: ['failed'],
    json: 'object',
    load: async () => (await import('../commands/service.js')).status,
  },
]
