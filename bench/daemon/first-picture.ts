import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openLog } from '@nacre/log'
import type { NewSessionEvent } from '@nacre/session'
import { inputId, sessionId, stepId, streamName, turnId, userId } from '@nacre/types'
import type { Bench } from '../bench.ts'
import { digits, limited, median } from '../numbers.ts'
import { CLI, makePlace, type Place } from './place.ts'

const SPAWNS = 25
const JOINS = 9
const TURNS = 5000
const SESSION = 'long-conversation'
const LAST = `This was answer ${TURNS - 1}.`
const MARK = '\r\n> '

export const firstPicture: Bench = {
  name: 'first-picture',
  title: 'The terminal: the first picture, and joining a long conversation',
  note: `Wall time from the spawn, in a pseudo terminal of util-linux's \`script\`; what that takes with \`true\` is taken off. ${SPAWNS} runs each, taking turns, medians; the conversation has ${2 * TURNS} messages, and is joined ${JOINS} times.`,
  async run(say) {
    using place = makePlace()
    say('first pictures')
    const [around, bare, picture] = await pictures(place)
    say(`a conversation of ${2 * TURNS} messages`)
    await converse(place)
    const joined = (await joins(place)) - around
    return [
      { what: '`node -e 0`', value: `${digits(bare)} ms` },
      { what: '`runner --tui`, until one can type', value: `${digits(picture)} ms` },
      limited('that against `node -e 0`', picture / bare, '×', { atMost: 3 }),
      limited(`\`runner --tui\`, until the last of ${2 * TURNS} messages is there`, joined, ' ms', { atMost: 500 }),
    ]
  },
}

async function pictures(place: Place): Promise<[around: number, bare: number, picture: number]> {
  const samples: [number[], number[], number[]] = [[], [], []]
  for (let n = -3; n < SPAWNS; n++) {
    const around = await timed(place, 'true', undefined)
    const bare = await timed(place, `${process.execPath} -e 0`, undefined)
    const picture = await timed(place, `${process.execPath} ${CLI} --tui`, MARK)
    if (n < 0) continue
    samples[0].push(around)
    samples[1].push(bare)
    samples[2].push(picture)
  }
  const around = median(samples[0])
  return [around, median(samples[1]) - around, median(samples[2]) - around]
}

/** Until `shown` is on the terminal, or without it until the end. */
async function timed({ env, root }: Place, command: string, shown: string | undefined): Promise<number> {
  const started = performance.now()
  const child = spawn('script', ['-qfec', `exec ${command}`, '/dev/null'], {
    env: { ...env, TERM: 'xterm' },
    cwd: root,
  })
  const ended = once(child, 'exit')
  let text = ''
  const seen = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.stdout.setEncoding('utf8').on('data', (more: string) => {
      text = (text + more).slice(-100_000)
      if (shown !== undefined && text.includes(shown)) resolve(performance.now() - started)
    })
    child.once('exit', () =>
      shown === undefined ? resolve(performance.now() - started) : reject(new Error(`never showed it: ${text}`)),
    )
  })
  try {
    return await seen
  } finally {
    child.kill('SIGKILL')
    await ended
  }
}

async function converse({ log: path }: Place): Promise<void> {
  const log = await openLog({ path, now: Date.now })
  const stream = streamName(userId('alice'), sessionId(SESSION))
  await log.append(stream, [{ type: 'session.created', title: 'A long one', agent: 'default' } as NewSessionEvent])
  for (let n = 0; n < TURNS; n++) await log.append(stream, turnOf(n))
  await log.close()
}

function turnOf(n: number): readonly NewSessionEvent[] {
  const [input, turn] = [inputId(`input-${n}`), turnId(`input-${n}`)]
  const step = stepId(`${turn}.1`)
  return [
    { type: 'turn.queued', input, parts: [{ type: 'text', text: `Question ${n}?` }], mode: 'queue', by: 'bench' },
    { type: 'turn.started', turn },
    { type: 'step.started', turn, step, inputs: [input], provider: 'offline', model: 'offline' },
    {
      type: 'step.finished',
      step,
      outcome: 'completed',
      parts: [
        {
          type: 'text',
          text: `${'A new rope, **oars**, and two coats of paint. '.repeat(8)}\n\nThis was answer ${n}.`,
        },
      ],
      stop: 'stop',
      usage: { inputTokens: 420, outputTokens: 96 },
    },
    { type: 'turn.finished', turn, outcome: 'completed' },
  ]
}

async function joins(place: Place): Promise<number> {
  const daemon = await place.start()
  const samples: number[] = []
  for (let n = -1; n < JOINS; n++) {
    const ms = await timed(place, `${process.execPath} ${CLI} --tui --session ${SESSION}`, LAST)
    if (n >= 0) samples.push(ms)
  }
  await daemon.stop()
  return median(samples)
}
