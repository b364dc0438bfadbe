import { expect, it } from 'vitest'
import { COMMANDS, type Command } from '../dist/commands.js'
import { ACTIONS, type Action } from '../dist/typed/actions.js'
import { DEFAULT_KEYMAP, keysOf } from '../dist/typed/keymap.js'
import { type RealTerminal, realTerminal, SIZES } from './support/real-terminal.ts'

/** A key as tmux names it. */
function tmuxKey(chord: string): string {
  const [, modifiers = '', name = ''] = /^((?:(?:ctrl|alt|shift)-)*)(.+)$/u.exec(chord) ?? []
  if (chord === 'shift-tab') return 'BTab'
  const short = modifiers.replace('ctrl-', 'C-').replace('alt-', 'M-').replace('shift-', 'S-')
  return short + (NAMES[name] ?? (/^f\d+$/u.test(name) ? name.toUpperCase() : name))
}
const NAMES: Readonly<Record<string, string>> = {
  enter: 'Enter',
  escape: 'Escape',
  tab: 'Tab',
  left: 'Left',
  right: 'Right',
  up: 'Up',
  down: 'Down',
  home: 'Home',
  end: 'End',
  pageup: 'PPage',
  pagedown: 'NPage',
  backspace: 'BSpace',
  delete: 'DC',
}

/** What each action does to an idle face with an empty prompt; each leaves it so. `press` presses the key of an action. */
type Case = (at: RealTerminal & { press(...actions: readonly Action[]): void }) => Promise<unknown>

/** Types, presses, and sees what is typed become another text. */
const edits =
  (typed: string, pressed: readonly Action[], text: string): Case =>
  async (at) => {
    at.types(typed)
    await at.shows(`> ${typed}`)
    at.press(...pressed)
    at.types('#')
    await at.shows(`> ${text}`)
    await cleared(at)
  }
/** The same over three lines. */
const editsLines =
  (pressed: readonly Action[], text: string): Case =>
  async (at) => {
    at.types('one')
    at.press('newline')
    at.types('two')
    at.press('newline')
    at.types('three')
    await at.shows('  three')
    at.press(...pressed)
    at.types('#')
    await at.shows(text)
    await cleared(at)
  }
const picks =
  (action: Action, title: string): Case =>
  async (at) => {
    at.press(action)
    await at.shows(`${title} (`)
    at.keys('Escape')
    await at.hides(`${title} (`)
  }
/** Takes away all that is typed. */
async function cleared(at: RealTerminal): Promise<void> {
  at.keys('C-c')
  await at.until(at.screen, (seen) => /^>$/mu.test(seen), 'an empty prompt')
}
const running = async (at: RealTerminal) => {
  at.keys('slow', 'Enter')
  await at.shows('I am still thinking about')
}
const cancelled = (at: RealTerminal) =>
  at.until(at.screen, (seen) => /✗ cancelled[\s\S]*ready/u.test(seen), 'cancelled')

const KEYS: Readonly<Record<Action, Case>> = {
  submit: async (at) => {
    at.types('say submitted')
    at.press('submit')
    await at.shows('You said: say submitted.')
    await at.shows('ready')
  },
  newline: editsLines([], '  three#'),
  steer: async (at) => {
    await running(at)
    at.types('look left first')
    at.press('steer')
    await at.shows('queued: look left first')
    at.press('cancel')
    await at.shows('You said: look left first')
    await at.shows('ready')
  },
  cancel: async (at) => {
    await running(at)
    at.press('cancel')
    await cancelled(at)
  },
  interrupt: async (at) => {
    at.types('a draft to drop')
    await at.shows('> a draft to drop')
    at.press('interrupt')
    await at.hides('a draft to drop')
  },
  // With something typed; without, it leaves: that is the last test.
  leave: edits('ab', ['left', 'left', 'leave'], '#b'),
  left: edits('ab', ['left'], 'a#b'),
  right: edits('ab', ['left', 'left', 'right'], 'a#b'),
  word_left: edits('one two', ['word_left'], 'one #two'),
  word_right: edits('one two', ['line_start', 'word_right'], 'one# two'),
  line_start: edits('ab', ['line_start'], '#ab'),
  line_end: edits('ab', ['line_start', 'line_end'], 'ab#'),
  up: editsLines(['up'], '  two#'),
  down: editsLines(['up', 'up', 'down'], '  two#'),
  page_up: editsLines(['page_up'], '#'),
  page_down: editsLines(['up', 'page_down'], '  three#'),
  text_start: editsLines(['text_start'], '> #one'),
  text_end: editsLines(['text_start', 'text_end'], '  three#'),
  delete_back: edits('ab', ['delete_back'], 'a#'),
  delete_forward: edits('ab', ['line_start', 'delete_forward'], '#b'),
  delete_word_back: edits('one two', ['delete_word_back'], 'one #'),
  delete_word_forward: edits('one two', ['line_start', 'delete_word_forward'], '# two'),
  delete_to_line_start: edits('one two', ['word_left', 'delete_to_line_start'], '#two'),
  delete_to_line_end: edits('one two', ['word_left', 'delete_to_line_end'], 'one #'),
  yank: edits('one two', ['delete_word_back', 'yank', 'yank'], 'one twotwo#'),
  yank_pop: edits('one two', ['delete_word_back', 'left', 'delete_to_line_start', 'yank', 'yank_pop'], 'two#'),
  undo: edits('one two', ['delete_word_back', 'undo'], 'one two#'),
  redo: edits('one two', ['delete_word_back', 'undo', 'redo'], 'one #'),
  history_previous: async (at) => {
    at.keys('remember me', 'Enter')
    await at.shows('You said: remember me')
    await at.shows('ready')
    at.press('history_previous')
    await at.shows('> remember me')
    await cleared(at)
  },
  history_next: async (at) => {
    at.types('my draft')
    await at.shows('> my draft')
    at.press('history_previous')
    await at.hides('> my draft')
    at.press('history_next')
    await at.shows('> my draft')
    await cleared(at)
  },
  history_search: async (at) => {
    at.press('history_search')
    await at.shows('an older line')
    at.types('oldest')
    at.keys('Enter')
    await at.shows('> the oldest line')
    await cleared(at)
  },
  complete: async (at) => {
    at.types('see @no')
    await at.shows('notes.md')
    at.press('complete')
    await at.shows('> see @notes.md')
    await cleared(at)
  },
  complete_previous: async (at) => {
    at.types('/c')
    await at.shows('/compact')
    at.press('complete_previous')
    await at.shows('❯ ')
    at.keys('Escape')
    await at.hides('❯ ')
    await cleared(at)
  },
  external_editor: async (at) => {
    at.types('words')
    await at.shows('> words')
    at.press('external_editor')
    await at.shows('> words from an editor')
    await cleared(at)
  },
  paste_image: async (at) => {
    at.press('paste_image')
    await at.shows('[image 1: clipboard.png, 12 KB]')
    await cleared(at)
  },
  toggle_reasoning: async (at) => {
    at.press('toggle_reasoning')
    at.keys('think', 'Enter')
    await at.shows('┊ First this.')
    at.press('cancel')
    await cancelled(at)
    at.press('toggle_reasoning')
  },
  search: async (at) => {
    at.press('search')
    at.types('oldest')
    await at.shows('> /search oldest')
    await cleared(at)
  },
  sessions: picks('sessions', 'Session'),
  model: picks('model', 'Model'),
  agent: picks('agent', 'Agent'),
  redraw: async (at) => {
    at.types('kept')
    await at.shows('> kept')
    // The screen is lost, as when another program has written on it.
    at.tmux('send-keys', '-R')
    await at.hides('kept')
    at.press('redraw')
    await at.shows('> kept')
    await cleared(at)
  },
  help: async (at) => {
    at.press('help')
    await at.shows('/quit')
  },
}

/** What each command shows. */
const TYPED: Readonly<Record<Command['type'], readonly (readonly [typed: string, shows: string])[]>> = {
  new: [['/new kitchen plans', '"kitchen plans"']],
  sessions: [['/sessions', 'Session (']],
  switch: [
    ['/switch garden', '✗'],
    ['/switch 8c1d', 'session 8c1d20aa "garden plans"'],
  ],
  fork: [['/fork', 'session f']],
  rename: [['/rename better name', 'This session is called "better name" now.']],
  archive: [['/archive', 'session ']],
  cancel: [['/cancel', 'Nothing is running.']],
  cancelall: [['/cancelall', '2 sessions were told to stop.']],
  status: [['/status', 'daemon: healthy']],
  model: [
    ['/model cloud/large', 'From the next turn on: cloud/large.'],
    ['/model', 'Model ('],
  ],
  agent: [['/agent researcher', 'From the next turn on: the agent researcher.']],
  usage: [['/usage', 'calls of a model']],
  compact: [['/compact', 'asked to sum up']],
  approve: [['/approve', 'Nothing asks for your permission.']],
  deny: [['/deny', 'Nothing asks for your permission.']],
  search: [['/search nowhere said', 'Nobody said "nowhere said"']],
  export: [['/export html', 'The session is in /tmp/first-steps.html.']],
  help: [['/help keys', 'show commands and keys']],
  quit: [['/quit', 'keeps running']],
}

const names = (all: object) => Object.keys(all).sort()

it.for(SIZES)('every key does what its help says at $columns × $rows', { timeout: 120_000 }, async (size, ctx) => {
  // Enough rows for all that is looked for to be on the screen.
  const terminal = realTerminal(ctx, { ...size, rows: Math.max(size.rows, 24) })
  expect(names(KEYS)).toEqual(ACTIONS.map(({ action }) => action).sort())
  const press = (...actions: readonly Action[]) =>
    terminal.keys(...actions.map((action) => tmuxKey(keysOf(DEFAULT_KEYMAP, action)[0] ?? '')))
  await terminal.shows('ready')
  for (const { action } of ACTIONS) {
    await KEYS[action]({ ...terminal, press }).catch((error: unknown) => {
      throw new Error(`${action}: ${error instanceof Error ? error.message : error}`)
    })
  }
  press('leave')
  await terminal.shows('(quit)')
})

it.for(SIZES)('every command does what its help says at $columns × $rows', { timeout: 120_000 }, async (size, ctx) => {
  const terminal = realTerminal(ctx, { ...size, rows: 60 })
  expect(names(TYPED)).toEqual(COMMANDS.map(({ name }) => name).sort())
  await terminal.shows('ready')
  const flat = () => terminal.all().replaceAll(/\s+/gu, ' ')
  const count = (text: string) => flat().split(text).length
  for (const { name } of COMMANDS) {
    for (const [typed, shows] of TYPED[name]) {
      const before = count(shows)
      terminal.types(`${typed} `)
      terminal.keys('Enter')
      await terminal.until(
        () => count(shows),
        (now) => now > before,
        `${shows} after ${typed}`,
      )
      if (shows.endsWith('(')) terminal.keys('Escape')
      if (name !== 'quit') await terminal.until(terminal.screen, (seen) => /ready[^\n]*\n>/u.test(seen), 'a prompt')
    }
  }
})
