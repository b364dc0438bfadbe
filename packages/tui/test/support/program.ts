import { systemWorld } from '@nacre/client'
import { runTui } from '@nacre/tui'
import * as ev from './events.ts'
import { fakeClient } from './fake-client.ts'
import { fakePlace } from './fake-place.ts'

/**
 * A terminal face over a daemon that is not there, for eyes and for tmux: `node test/support/program.ts`. It answers by
 * rules: `tool` asks for permission, `long` says forty lines, `cut` is cut off once, `slow` never ends, `naughty` tries
 * to leave its lines.
 */
const daemon = fakeClient({
  onInput: (session, input, text) => void setImmediate(() => answer(session, input, text)),
  onVerdict: (session, call, verdict) => {
    const turn = call.split('.')[0] ?? ''
    if (verdict === 'approved') daemon.record(session, ev.toolStarted(call, 'shell_exec'))
    const [said, outcome] = verdict === 'approved' ? ['12 passed\n0 failed', 'ok'] : ['', 'denied']
    daemon.record(session, ev.toolFinished(call, said, outcome), ev.stepStarted(turn, 2))
    daemon.record(session, ev.stepFinished(`${turn}.2`, `That was ${verdict}.`), ev.turnFinished(turn))
  },
})
daemon.add('3f2a91c4-0000', 'first steps')

function answer(session: string, turn: string, text: string): void {
  const step = `${turn}.1`
  daemon.record(session, ev.turnStarted(turn), ev.stepStarted(turn, 1, [turn]))
  if (text === 'slow') {
    daemon.publish(session, ev.delta(step, 0, 'I am still thinking about'))
    return
  }
  if (text === 'cut') {
    daemon.publish(session, ev.delta(step, 0, 'The first half of an answer,\nand a bit'))
    setImmediate(() => {
      daemon.record(session, ev.interrupted(step), ev.stepStarted(turn, 2))
      daemon.record(
        session,
        ev.stepFinished(`${turn}.2`, 'The first half of an answer,\nand the second.'),
        ev.turnFinished(turn),
      )
    })
    return
  }
  if (text === 'tool') {
    const args = { command: 'npm test -- --reporter=dot && echo "all tests of the workspace have passed"' }
    daemon.record(session, ev.stepFinished(step, 'I will run the tests.', [{ name: 'shell_exec', args }]))
    daemon.record(session, ev.approvalRequested(`${step}.0`, 'shell_exec'))
    return
  }
  const said =
    text === 'long'
      ? Array.from({ length: 40 }, (_, n) => `Line ${n + 1} of a long answer.`).join('\n')
      : text === 'naughty'
        ? 'before \u001b[2J\u001b[3J\u001b]0;owned\u0007\u001b[10;10Hafter\r\u202eevil 漢字 👩‍👩‍👧 e\u0301'
        : `You said: ${text}. This is an answer that is long enough to be wrapped between words in a terminal of eighty columns, and more so at forty.`
  daemon.record(session, ev.stepFinished(step, said), ev.turnFinished(turn))
}

const end = await runTui({
  world: systemWorld(),
  connect: async () => daemon.client,
  place: async () => fakePlace().place,
  input: process.stdin,
  output: process.stdout,
  colours: { noColor: Boolean(process.env.NO_COLOR), background: 'unknown', depth: '16' },
  texts: { stopHint: "Alice's daemon keeps running; stop it with: runner stop --user alice" },
})
process.stdout.write(`(${end.exit})\n`)
