import type { Command, Group, Section } from './command.js'
import { DAEMON } from './daemon-commands.js'
import { RECORDS } from './record-commands.js'
import { SETUP } from './setup-commands.js'
import { TALK } from './talk-commands.js'

/** All there is to say on the command line, in the order of its help. */
export const SECTIONS: readonly Section[] = [TALK, DAEMON, RECORDS, SETUP]

export const COMMANDS: readonly Command[] = SECTIONS.flatMap(({ commands }) => commands)

export const GROUPS: readonly Group[] = [
  { name: 'config', summary: 'how it is configured: show, get, set, unset, schema, path' },
  { name: 'service', summary: 'a systemd unit for the daemon: install, uninstall, status' },
  { name: 'sessions', summary: 'list, show, fork, rename, archive and delete sessions', otherwise: 'sessions list' },
  { name: 'catalog', summary: 'what is known of models: show, fetch, verify, diff' },
]
