import { channel } from 'node:diagnostics_channel'
import { registerHooks } from 'node:module'

// A fresh process that imports the providers and makes one call. With `looking` it says what was loaded, without it how
// long that took: who looks is slower.

const [base = '', open = 'openaiChat', looking] = process.argv.slice(2)
const loaded: string[] = []
if (looking !== undefined) {
  registerHooks({
    resolve(name, context, next) {
      const found = next(name, context)
      loaded.push(found.url)
      return found
    },
  })
}
const sent = Promise.withResolvers<number>()
channel('undici:client:sendHeaders').subscribe(() => sent.resolve(performance.now()))

const started = performance.now()
const providers = await import('@nacre/providers')
const imported = performance.now()
const withImport = [...loaded]

const world = {
  now: Date.now,
  sleep: (_: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve())),
  id: () => '1',
  random: Math.random,
}
const door = Reflect.get(providers, open)
const fetch = providers.undiciFetch()
const provider = door({ name: 'bench', baseUrl: base, fetch, world })
const request = { model: 'bench-1', system: '', messages: [], tools: [] }
// The vendor speaks one wire only; that a call reaches it is all that is looked at.
const call = (async () => {
  for await (const _ of provider.generate(request, { signal: new AbortController().signal }));
})().catch(() => {})
const onWire = await sent.promise
await call
await fetch.close()
process.send?.({ importMs: imported - started, callMs: onWire - imported, withImport, loaded })
