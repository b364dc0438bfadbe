/** What a unit starts, and where its things are. */
export type UnitFacts = {
  readonly node: string
  readonly cli: string
  /** As the commands of this shell see them, so that they find the daemon that the unit starts. */
  readonly env: Readonly<Record<string, string | undefined>>
}

export const UNIT = 'nacre@.service'
export const instanceOf = (user: string): string => `nacre@${user}.service`

const PLACES = ['XDG_CONFIG_HOME', 'XDG_STATE_HOME'] as const

/**
 * A systemd user unit, one instance a user of Nacre. Its daemon may do what the account may, as every daemon of this version:
 * it is hardened only where no command that a person approves would miss it. See systemd.exec(5).
 */
export function unitText({ node, cli, env }: UnitFacts): string {
  const places = PLACES.flatMap((name) => (env[name] ? [`Environment=${quoted(`${name}=${env[name]}`)}`] : []))
  // The manager has a runtime directory of its own; a shell may have another, or none.
  const runtime = env.XDG_RUNTIME_DIR
    ? `Environment=${quoted(`XDG_RUNTIME_DIR=${env.XDG_RUNTIME_DIR}`)}`
    : 'UnsetEnvironment=XDG_RUNTIME_DIR'
  return `${[
    '# Written by runner service install.',
    '[Unit]',
    'Description=Nacre daemon of %i',
    'StartLimitIntervalSec=60',
    'StartLimitBurst=5',
    '',
    '[Service]',
    'Type=exec',
    `ExecStart=${[node, cli].map(quoted).join(' ')} start --user %i`,
    ...places,
    runtime,
    '# Keys as NAME=value, one a line; keep it to yourself (chmod 600).',
    'EnvironmentFile=-%E/nacre/environment',
    'Restart=on-failure',
    'RestartSec=2',
    '# 2: the configuration is wrong. Trying again does not mend it.',
    'RestartPreventExitStatus=2',
    '# The guest has 5 s to drain.',
    'KillMode=mixed',
    'TimeoutStopSec=15',
    '# A dump of memory would hold keys.',
    'LimitCORE=0',
    '# No command of the agent becomes root, not by sudo either.',
    'NoNewPrivileges=yes',
    'LockPersonality=yes',
    'RestrictRealtime=yes',
    '',
    '[Install]',
    'WantedBy=default.target',
  ].join('\n')}\n`
}

/** A word of a unit file: its quotes, and what systemd would take for a specifier or a variable, are kept as they are. */
const quoted = (word: string): string =>
  `"${word
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('%', '%%')
    .replaceAll('$', () => '$$')}"`
