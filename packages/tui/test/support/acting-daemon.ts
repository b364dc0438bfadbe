import { type Client, systemWorld } from '@nacre/client'
import * as ev from './events.ts'
import { fakeClient } from './fake-client.ts'
import { GALLERY } from './said.ts'

/** As a person would ask, for pictures. */
const ASKED: Readonly<Record<string, string>> = {
  'What is wrong with the sum?': 'markdown',
  'What is wrong with it?': 'half 475',
  'Mend the sum, please.': 'edit',
  'Run the tests.': 'tool',
}
/** What it says when it is told so; to anything else it says something of two lines. */
const SAID: Readonly<Record<string, string>> = {
  long: Array.from({ length: 40 }, (_, n) => `Line ${n + 1} of a long answer.`).join('\n'),
  naughty: 'before \u001b[2J\u001b[3J\u001b]0;owned\u0007\u001b[10;10Hafter\r\u202eevil 漢字 👩‍👩‍👧 e\u0301',
  wide: '| name | what |\n|---|--:|\n| 漢字 | 👍 good |\n| café | 漢 |\n| plain | x |\n\nAfter the table.',
  ...GALLERY,
}
const ANSWER =
  'This is an answer that is long enough to be wrapped between words in a terminal of eighty columns, and more so at forty.'

/**
 * A daemon that answers by rules, in a session of so many turns: `tool` and `edit` ask for permission, `long` says forty
 * lines, `stream 2000` as many bit by bit (`stream 2000 400` goes on after each 400 only when the terminal has got another size), `cut` is cut off once, `slow` and `endless` never end, `think` thinks before.
 */
export function actingDaemon(turns: number): Client {
  const daemon = fakeClient({
    onInput: (session, input, text) => void setImmediate(() => begin({ session, turn: input, text })),
    onVerdict: (session, call, verdict) => {
      const turn = call.split('.')[0] ?? ''
      if (verdict === 'approved') daemon.record(session, ev.toolStarted(call, 'shell_exec'))
      const [said, outcome] = verdict === 'approved' ? ['12 passed\n0 failed', 'ok'] : ['', 'denied']
      daemon.record(session, ev.toolFinished(call, said, outcome), ev.stepStarted(turn, 2))
      daemon.record(session, ev.stepFinished(`${turn}.2`, `That was ${verdict}.`))
      end(session, turn)
    },
  })
  const { record, publish } = daemon
  let open: Waiting | undefined
  const waiting: Waiting[] = []

  /** One turn at a time. */
  function begin(next: Waiting): void {
    if (open) waiting.push(next)
    else {
      open = next
      answer(next)
    }
  }

  function end(session: string, turn: string, outcome?: string): void {
    record(session, ev.turnFinished(turn, outcome))
    open = undefined
    const next = waiting.shift()
    if (next) begin(next)
  }

  function answer({ session, turn, text }: Waiting): unknown {
    const step = `${turn}.1`
    record(session, ev.turnStarted(turn), ev.stepStarted(turn, 1, [turn]))
    const finish = (said: string) => {
      record(session, ev.stepFinished(step, said))
      end(session, turn)
    }
    const [word = '', count, hold] = (ASKED[text] ?? text).split(' ')
    switch (word) {
      case 'slow':
        return publish(session, ev.delta(step, 0, 'I am still thinking about'))
      case 'half':
        return publish(session, ev.delta(step, 0, SAID.markdown?.slice(0, Number(count)) ?? ''))
      case 'stream':
        return stream(session, step, { lines: Number(count), hold: Number(hold ?? count) }, finish)
      case 'endless':
        return endless(session, step, Number(count))
      case 'think':
        publish(session, { type: 'reasoning.delta', step, offset: 0, text: 'First this. Then that.' })
        return publish(session, ev.delta(step, 0, 'Thought about.'))
      case 'cut':
        return cut(session, turn)
      case 'tool':
        return ask(session, step, 'I will run the tests.', 'shell_exec', {
          command: 'npm test -- --reporter=dot && echo "all tests of the workspace have passed"',
        })
      case 'edit':
        return ask(session, step, 'I will mend the sum.', 'file_edit', EDIT)
      default:
        return finish(SAID[word] ?? `You said: ${text}. ${ANSWER}`)
    }
  }

  function ask(session: string, step: string, said: string, name: string, args: object): void {
    record(session, ev.stepFinished(step, said, [{ name, args }]), ev.approvalRequested(`${step}.0`, name))
  }

  /** So many lines of Markdown, about two at a time, as fast as a quick model speaks them: over many drawings. */
  function stream(
    session: string,
    step: string,
    { lines, hold }: { lines: number; hold: number },
    finish: (said: string) => unknown,
  ): void {
    const said = Array.from({ length: lines }, (_, n) => `- Line **${n + 1}** of \`${lines}\`.`).join('\n')
    let told = 0
    const more = (from: number): unknown => {
      if (from >= said.length) return finish(said)
      publish(session, ev.delta(step, from, said.slice(from, from + 47)))
      const line = said.slice(0, from + 47).split('\n').length - 1
      const goOn = () => more(from + 47)
      if (Math.floor(line / hold) <= told) return setTimeout(goOn, 1)
      told += 1
      return process.stdout.once('resize', goOn)
    }
    more(0)
  }

  /** Lines without end, until the terminal gets another size; then so many more, which are all. The turn does not end. */
  function endless(session: string, step: string, after: number): void {
    let [said, lines, left] = [0, 0, Number.POSITIVE_INFINITY]
    process.stdout.once('resize', () => {
      left = after
    })
    const more = () => {
      const text = `- Line **${++lines}** of all says enough to take more than one row of forty columns.\n`
      for (const piece of text.match(/.{1,20}|\n/gu) ?? []) {
        publish(session, ev.delta(step, said, piece))
        said += piece.length
      }
      if (left-- > 0) setTimeout(more, 4)
      else publish(session, ev.delta(step, said, '\nThat is all.\n'))
    }
    more()
  }

  function cut(session: string, turn: string): void {
    publish(session, ev.delta(`${turn}.1`, 0, 'The first half of an answer,\nand a bit'))
    setImmediate(() => {
      record(session, ev.interrupted(`${turn}.1`), ev.stepStarted(turn, 2))
      record(session, ev.stepFinished(`${turn}.2`, 'The first half of an answer,\nand the second.'))
      end(session, turn)
    })
  }

  daemon.add('8c1d20aa-0000', 'garden plans')
  daemon.add('3f2a91c4-0000', 'first steps')
  for (let n = 1; n <= turns; n++) {
    const [turn, said] = [`h${n}`, `Answer ${n} of ${turns}.`]
    record('3f2a91c4-0000', ev.queued(turn, `Question ${n}`), ev.turnStarted(turn), ev.stepStarted(turn, 1, [turn]))
    record('3f2a91c4-0000', ev.stepFinished(`${turn}.1`, said), ev.turnFinished(turn))
  }
  return {
    ...daemon.client,
    // As if they had been used today.
    async sessions() {
      const now = systemWorld().now()
      const all = await daemon.client.sessions()
      return all.map((one) => ({ ...one, updated_at: now - (all[1] === one ? 0 : 3 * 3_600_000) }))
    },
    async cancel(session, turn) {
      await daemon.client.cancel(session, turn)
      if (turn === undefined) return
      setImmediate(() => {
        record(session, ev.interrupted(`${turn}.1`))
        end(session, turn, 'cancelled')
      })
    },
    async compact(session) {
      record(session, ev.notice('asked to sum up'))
      return daemon.client.compact(session)
    },
    async rename(session, title) {
      record(session, { type: 'session.renamed', title, by: 'tui', command: 'r' })
    },
  }
}

type Waiting = { readonly session: string; readonly turn: string; readonly text: string }

const EDIT = {
  path: 'src/sum.ts',
  old_text: 'export const sum = (a: number, b: number) => a - b',
  new_text: '/** Adds. */\nexport const sum = (a: number, b: number) => a + b',
}
