import { systemWorld } from '@nacre/client'
import { runTui } from '@nacre/tui'
import { expect, it } from 'vitest'
import { fakeClient } from './support/fake-client.ts'
import { fakePlace } from './support/fake-place.ts'
import { fakeTty } from './support/fake-tty.ts'
import { stopHint } from './support/opened.ts'

/** A face whose connection comes when the test says so. */
function waiting() {
  const tty = fakeTty()
  const controller = new AbortController()
  const daemon = fakeClient()
  daemon.add('s')
  const gate = Promise.withResolvers<typeof daemon.client>()
  const seen: string[] = []
  const asked = Promise.withResolvers<void>()
  const end = runTui({
    world: systemWorld(),
    connect: () => {
      seen.push(tty.screen.screen())
      asked.resolve()
      return gate.promise
    },
    place: async () => fakePlace().place,
    input: tty.input,
    output: tty.output,
    colours: { noColor: true, background: 'unknown', depth: '16' },
    texts: { stopHint },
    signal: controller.signal,
  })
  return {
    ...tty,
    daemon,
    seen,
    asked: asked.promise,
    end,
    connect: () => gate.resolve(daemon.client),
    leave: () => controller.abort(),
  }
}

it('the prompt stands there before anything is connected, and what is typed is held until it is', async () => {
  const { seen, asked, shows, hides, type, screen, daemon, connect, end, leave } = waiting()
  // It is there before this program has loaded the rest of the face.
  expect(screen.screen()).toMatch(/connecting…\n>/u)
  expect(seen).toEqual([])
  await asked
  expect(seen[0]).toMatch(/connecting…\n>/u)
  type('hello there')
  await shows('> hello there')
  type('\r')
  await shows('for the next session: hello there')
  type('and a draft')
  await shows('> and a draft')
  expect(screen.screen()).toContain('connecting…')
  expect(daemon.asked).toEqual([])
  connect()
  await shows('queued: hello there')
  await hides('for the next session')
  expect(daemon.asked).toEqual(['send s hello there'])
  expect(screen.screen()).toContain('> and a draft')
  leave()
  await expect(end).resolves.toEqual({ exit: 'aborted' })
})

it('leaving works while nothing is connected', async () => {
  const { type, shows, end, raw } = waiting()
  await shows('connecting…')
  type('\u0004')
  await expect(end).resolves.toEqual({ exit: 'quit' })
  expect(raw).toEqual([true, false])
})
