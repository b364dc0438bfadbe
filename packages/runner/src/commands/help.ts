export const help = (program: string): string => `Nacre runs your personal agent as a daemon on this machine.

  ${program} start [--user NAME] [--detach] [--workspace DIR]   start a user's daemon
  ${program} --tui [--session ID]                               join a session in the terminal
  ${program} ask "…" [--session ID | --agent NAME] [--yes] [--json]   one message, one answer
  ${program} status | stop | restart [--json]                   look at it, end it, start it anew
  ${program} events [--session ID] [--follow] [--json]          what happened, one event a line
  ${program} approvals [--revoke HASH] [--json]                 what you approved for all sessions
  ${program} usage [--by user|session|model|day] [--json]       what was spent: tokens and dollars
  ${program} catalog show [PROVIDER[/MODEL]] [--json]           what is known of models: prices, limits
  ${program} catalog fetch | verify | diff [--json]             fetch it anew, check its files, compare with what ships

Before or after the command: --user NAME, --config FILE, --insecure (run although the guest is not sealed).
A session may be named by the beginning of its id.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no daemon runs, 4 an approval was denied, 5 cancelled,
6 a budget was reached.
Example: ${program} ask "list files" && ${program} events --json | tail -1`
