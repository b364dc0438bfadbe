import { fakeWorld } from '@nacre/kit/testing'
import { VENDORS, type Vendor, type VendorName, vendorProvider } from '@nacre/providers'
import { expect, test } from 'vitest'
import { isHttp } from '../src/config/config.ts'
import { upstreamRoute } from '../src/daemon/upstream-route.ts'
import { brokerUrl } from '../src/guest/bootstrap.ts'
import { machine } from './config-home.ts'

const KEY = 'sk-canary-7f3a9c-never-seen'
const vendors = Object.keys(VENDORS) as VendorName[]

/** What a provider of this vendor at this base URL asks for. */
async function askedFor(vendor: VendorName, name: string, baseUrl: string, model: string): Promise<string> {
  const asked: string[] = []
  const fetch = async (url: string) => {
    asked.push(url)
    throw new Error('it was only to be asked')
  }
  const provider = vendorProvider(vendor, { name, baseUrl, fetch, world: fakeWorld() })
  const request = {
    model,
    system: '',
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }],
    tools: [],
  } as const
  const answer = provider.generate(request, { signal: new AbortController().signal })[Symbol.asyncIterator]()
  await expect(answer.next()).rejects.toThrow()
  return asked.join()
}

async function routeOf(entry: string, models: readonly string[], name = 'p', env: Record<string, string> = {}) {
  const { load } = machine({ 'own/providers.toml': `[providers.registry.${name}]\n${entry}` })
  const provider = (await load()).providers.get(name)
  if (provider === undefined || !isHttp(provider)) throw new Error('the entry is not there')
  return upstreamRoute(provider, models, env)
}

test.each(vendors)(
  'of %s has the address that a guest asks for, and leads where the vendor is asked',
  async (vendor) => {
    const { baseUrl = 'https://mine.test/v1/x?api-version=1' }: Vendor = VENDORS[vendor]
    // A name may be spelled like a part of an address.
    for (const name of ['p', 'chat', 'messages', 'v1', 'api']) {
      const { targets } = await routeOf(`provider_type = "${vendor}"\nbase_url = "${baseUrl}"`, ['a-1', 'b:2'], name)
      for (const model of ['a-1', 'b:2']) {
        const { pathname, search } = new URL(await askedFor(vendor, name, brokerUrl(name), model))
        expect(targets).toHaveProperty([pathname + search], await askedFor(vendor, name, baseUrl, model))
      }
      expect(Object.keys(targets)).toHaveLength(/^(gemini|anthropic_vertex)$/.test(VENDORS[vendor].wire) ? 2 : 1)
    }
  },
)

test.each(vendors)('of %s adds the key where the vendor wants it', async (vendor) => {
  const { key }: Vendor = VENDORS[vendor]
  const entry = `provider_type = "${vendor}"\nbase_url = "https://mine.test/v1"\napi_key = "${KEY}"\nextra_headers = { "x-team" = "t" }`
  expect((await routeOf(entry, ['m'])).inject).toEqual({ 'x-team': 't', [key.header]: key.prefix + KEY })
})

test('without a key is none but to a server that people run themselves, and says what to do', async () => {
  for (const type of ['ollama', 'vllm', 'lmstudio', 'llama.cpp']) {
    expect((await routeOf(`provider_type = "${type}"\nbase_url = "http://10.0.0.9/v1"`, ['m'])).inject).toEqual({})
  }
  expect((await routeOf('provider_type = "groq"\nbase_url = "http://localhost:1/v1"', ['m'])).inject).toEqual({})
  expect(await routeOf('provider_type = "groq"', ['m'])).toMatchObject({
    inject: undefined,
    missing: 'No key for p is set on the host. Set GROQ_API_KEY for the daemon and restart it.',
  })
  const proxied = await routeOf('provider_type = "groq"\nbase_url = "https://proxy.test/v1"', ['m'], 'p', {
    GROQ_API_KEY: KEY,
    API_KEY: KEY,
  })
  expect(proxied).toMatchObject({
    inject: undefined,
    missing: expect.stringContaining('Name the variable that holds it as providers.registry.p.api_key_env'),
  })
  expect(JSON.stringify(proxied)).not.toContain(KEY)
})

test('is refused for a model whose name would leave its place in the address', async () => {
  for (const model of ['../x', 'a/../b', '/x', 'a//b']) {
    await expect(routeOf('provider_type = "gemini"', [model])).rejects.toMatchObject({ code: 'invalid_input' })
  }
})
