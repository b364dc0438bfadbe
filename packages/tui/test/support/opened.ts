import { systemWorld } from '@nacre/client'
import { type Place, runTui } from '@nacre/tui'
import { afterEach } from 'vitest'
import { fakeClient } from './fake-client.ts'
import { fakePlace } from './fake-place.ts'
import { fakeTty } from './fake-tty.ts'

export const stopHint = "Alice's daemon keeps running; stop it with: runner stop --user alice"
export const awayHint = "Alice's daemon does not answer; start it with: runner start --user alice"
const open: { controller: AbortController; screen: { all(): string } }[] = []
afterEach(({ task }) => {
  for (const { controller, screen } of open.splice(0)) {
    if (task.result?.state === 'fail') process.stderr.write(`${screen.all()}\n`)
    controller.abort()
  }
})

/** A face at a fake terminal; one whose test fails shows what was on it. */
export async function opened({
  daemon = fakeClient(),
  columns = 80,
  rows = 24,
  session = '',
  place = {} as Partial<Place>,
} = {}) {
  const tty = fakeTty({ columns, rows })
  const controller = new AbortController()
  open.push({ controller, screen: tty.screen })
  const end = runTui({
    world: systemWorld(),
    connect: async () => daemon.client,
    place: async () => fakePlace(place).place,
    input: tty.input,
    output: tty.output,
    colours: { noColor: true, background: 'unknown', depth: '16' },
    texts: { stopHint, awayHint },
    signal: controller.signal,
    ...(session !== '' && { session }),
  })
  end.catch(() => {})
  return { ...tty, daemon, end, controller }
}

/** A face in a new session `s`, with nothing said yet. */
export async function ready(more: Parameters<typeof opened>[0] = {}) {
  const daemon = more.daemon ?? fakeClient()
  daemon.add('s')
  const face = await opened({ ...more, daemon })
  await face.shows('ready')
  return face
}
