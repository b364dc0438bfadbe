import { cancel, open, resolve } from './asks.js'
import type { Command } from './commands.js'
import { type Face, say } from './face.js'
import type { Effect } from './happening.js'
import { helpLines, keyLines } from './help.js'
import { doing, type Step, still, warned } from './step.js'

type Session = NonNullable<Face['session']>

/** Does what a slash command says. */
export function run(face: Face, command: Command): Step {
  switch (command.type) {
    case 'new':
      return open(face, { type: 'new', title: command.title })
    case 'switch':
      return open(face, { type: 'switch', prefix: command.prefix })
    case 'sessions':
      return doing(face, { type: 'list', pick: true })
    case 'status':
      return doing(face, { type: 'status' })
    case 'cancel':
      return cancel(face)
    case 'cancelall':
      return doing(face, { type: 'cancel-all' })
    case 'approve':
      return resolve(face, 'approve', command.scope)
    case 'deny':
      return resolve(face, 'deny')
    case 'help':
      return still(
        say(face, command.about === 'keys' ? keyLines(face.keymap, face.size.columns) : helpLines(face.size.columns)),
      )
    case 'quit':
      return doing(face, { type: 'end', exit: 'quit' })
    default:
      return face.session ? inSession(face, face.session, command) : warned(face, '✗ No session is open yet.')
  }
}

type InSession = Extract<
  Command,
  { type: 'fork' | 'rename' | 'archive' | 'model' | 'agent' | 'usage' | 'compact' | 'search' | 'export' }
>

function inSession(face: Face, session: Session, command: InSession): Step {
  switch (command.type) {
    case 'fork': {
      const upTo = command.upTo ?? face.transcript.state.seq
      return open(face, { type: 'fork', session: session.session, upTo })
    }
    case 'archive':
      return open(face, {
        type: 'archive',
        session: { ...session, title: face.transcript.state.title || session.title },
      })
    case 'rename':
      return doing(face, { type: 'rename', session, title: command.title })
    case 'model':
    case 'agent':
      return doing(face, choice(session, command))
    case 'usage':
      return doing(face, { type: 'usage', session, tell: true })
    case 'compact':
      return doing(face, { type: 'compact', session })
    case 'search':
      return doing(face, { type: 'search', session, text: command.text })
    case 'export': {
      const { format, path } = command
      return doing(face, { type: 'export', session: session.session, format, path })
    }
    default:
      return command satisfies never
  }
}

/** Without a name one is chosen from a list. */
function choice(session: Session, { type, name }: Extract<Command, { type: 'model' | 'agent' }>): Effect {
  return name === '' ? { type: 'agents', pick: type } : { type: 'select', session, choice: { [type]: name } }
}
