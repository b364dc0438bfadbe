import type { Section } from './command.js'

export const TALK: Section = {
  title: 'Talk',
  commands: [
    {
      name: '--tui',
      summary: 'join a session in the terminal',
      flags: {
        session: 'this one, by its id, the beginning of it, or its title',
        plain: 'move no cursor and redraw nothing: for pipes and screen readers',
      },
      examples: [
        { line: '--tui', says: 'begin to talk' },
        { line: '--tui --session 4f', says: 'go on with a session whose id begins with 4f' },
        { line: '--tui --plain', says: 'with a screen reader' },
      ],
      exits: ['failed', 'notRunning'],
      load: async () => (await import('../commands/tui.js')).tui,
    },
    {
      name: 'ask',
      summary: 'one message, one answer',
      about:
        'The answer goes to standard output as it comes, what tools do to standard error. Standard input is the message where there are no words, or a lone -, and is put behind the words where there are some. Without a terminal an approval is denied, unless --yes allows it.',
      args: [{ name: 'WORDS', what: 'the message; - reads it from standard input', need: 'rest' }],
      flags: {
        session: 'go on with this one; without it a new one is begun',
        agent: 'speak with this agent, in a new session',
        yes: 'allow every tool call that asks',
        timeout: 'cancel the turn after so many seconds',
        json: 'print the events of the turn, one object a line',
      },
      examples: [
        { line: 'ask "list files"', says: 'one answer' },
        { line: "ask --yes --timeout 60 'run `date`'", says: 'without anybody there to approve' },
        { line: 'ask "what is wrong here?" < build.log', says: 'with a file as context' },
      ],
      exits: ['failed', 'notRunning', 'denied', 'cancelled', 'budget', 'timeout'],
      json: 'lines',
      load: async () => (await import('../commands/ask.js')).ask,
    },
    {
      name: 'approvals',
      summary: 'what you approved for all sessions',
      flags: { revoke: 'take back the one whose hash begins so', json: 'print one object a line' },
      examples: [
        { line: 'approvals', says: 'list them' },
        { line: 'approvals --revoke 3fa9', says: 'be asked again from the next turn on' },
      ],
      exits: ['failed', 'notRunning'],
      json: 'lines',
      load: async () => (await import('../commands/approvals.js')).approvals,
    },
  ],
}
