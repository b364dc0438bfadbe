import type { Section } from './command.js'
import { CONFIG } from './config-commands.js'
import { SERVICE } from './service-commands.js'

const everybody = () => true

export const SETUP: Section = {
  title: 'Set up',
  commands: [
    {
      name: '--first-run',
      summary: 'what npm start does: set-up if there was none, sample files, a daemon, the terminal or a demo',
      flags: { 'no-setup': 'do not ask who shall answer' },
      examples: [{ line: '--first-run', says: 'begin' }],
      exits: ['failed', 'notRunning', 'denied', 'cancelled', 'budget'],
      ofNobody: everybody,
      load: async () => (await import('../commands/first-run.js')).firstRun,
    },
    {
      name: 'setup',
      summary: 'choose who answers: finds keys and Ollama, tries the model, writes agent.toml',
      about:
        'In a terminal it asks; with --provider it asks nothing. It makes one request to this machine, and one small call of the model if you want it. Keys are named, never written.',
      flags: {
        provider: 'this provider, without asking',
        model: "its model, by the provider's name for it",
        test: 'try the model with one small call; where it fails nothing is written',
        'no-test': 'do not offer to try it',
        yes: 'replace what is selected already',
        json: 'print one object',
      },
      examples: [
        { line: 'setup', says: 'be asked' },
        { line: 'setup --provider ollama --model qwen3 --test', says: 'in a script' },
      ],
      exits: ['failed', 'notRunning'],
      json: 'object',
      load: async () => (await import('../commands/setup.js')).setup,
    },
    ...CONFIG,
    {
      name: 'doctor',
      summary: 'what is wrong here, and how to mend it; changes nothing',
      about:
        'Exit code 1 where something must be mended. What is only said, such as what could isolate a guest, is no fault.',
      flags: { json: 'print one object' },
      examples: [{ line: 'doctor', says: 'look at everything that a start needs' }],
      exits: ['failed'],
      json: 'object',
      diagnoses: true,
      load: async () => (await import('../commands/doctor.js')).doctor,
    },
    ...SERVICE,
    {
      name: 'catalog show',
      summary: 'what is known of models: prices, limits',
      args: [{ name: 'MODEL', what: 'a provider, or one model of it: anthropic/claude-sonnet-4-5', need: 'optional' }],
      flags: { json: 'print the shape of catalog.json' },
      examples: [{ line: 'catalog show anthropic', says: "one provider's models" }],
      exits: ['failed'],
      json: 'object',
      ofNobody: everybody,
      load: async () => (await import('../commands/catalog.js')).show,
    },
    {
      name: 'catalog fetch',
      summary: 'a new catalog from models.dev; a daemon takes it with its next start',
      flags: { url: 'from there instead', json: 'print one object' },
      examples: [{ line: 'catalog fetch', says: 'the one command here that uses the network' }],
      exits: ['failed', 'notRunning'],
      json: 'object',
      ofNobody: everybody,
      load: async () => (await import('../commands/catalog.js')).fetchAnew,
    },
    {
      name: 'catalog verify',
      summary: 'what is wrong in which of its files',
      flags: { json: 'print one object' },
      examples: [{ line: 'catalog verify', says: 'after you wrote one' }],
      exits: ['failed'],
      json: 'object',
      ofNobody: everybody,
      load: async () => (await import('../commands/catalog.js')).verify,
    },
    {
      name: 'catalog diff',
      summary: 'what differs from the catalog that ships',
      flags: { json: 'print one object' },
      examples: [{ line: 'catalog diff', says: 'what your files and the fetched one change' }],
      exits: ['failed'],
      json: 'object',
      ofNobody: everybody,
      load: async () => (await import('../commands/catalog.js')).diff,
    },
    {
      name: 'completion',
      summary: 'what makes your shell complete commands, flags, sessions and users',
      about:
        'Make the directory of the file first, where there is none. For zsh: in ~/.zshrc, after compinit, source <(runner completion zsh).',
      args: [{ name: 'SHELL', what: 'bash, zsh or fish', need: 'needed', complete: ['bash', 'zsh', 'fish'] }],
      examples: [
        { line: 'completion bash > ~/.local/share/bash-completion/completions/runner', says: 'for bash' },
        { line: 'completion fish > ~/.config/fish/completions/runner.fish', says: 'for fish' },
      ],
      ofNobody: everybody,
      load: async () => (await import('../commands/completion.js')).completion,
    },
    {
      name: '__names',
      summary: 'what a shell asks: sessions or users, one a line',
      args: [{ name: 'KIND', what: 'sessions or users', need: 'needed', complete: ['sessions', 'users'] }],
      examples: [{ line: '__names sessions', says: 'ids that may be completed' }],
      hidden: true,
      load: async () => (await import('../commands/names.js')).names,
    },
  ],
}
