import { nearest } from '@nacre/kit'
import { counted } from '../commands/counted.js'
import type { Surroundings } from './look-around.js'
import type { Offer, OfferedModel } from './offers.js'
import type { Choice } from './write.js'

/** How a person is talked with: by lines. `ask` gives what was typed, or undefined at the end of the input. */
export type Talk = {
  readonly say: (line: string) => void
  readonly ask: (prompt: string) => Promise<string | undefined>
}

export type Known = {
  /** Who answers now, as `provider/model`. */
  readonly current: string
  readonly found: Surroundings
  readonly offers: readonly Offer[]
  /** Every provider by name. */
  readonly providers: readonly string[]
  readonly modelsOf: (provider: string) => readonly OfferedModel[]
}

const OFFLINE = 'offline'
const isOffline = (current: string) => current === `${OFFLINE}/${OFFLINE}`

/** Whom a person chose to answer; `skip` where they leave it as it is, `gone` at the end of the input. */
export async function converse(talk: Talk, known: Known): Promise<Choice | 'skip' | 'gone'> {
  for (const line of foundLines(known.found)) talk.say(line)
  for (;;) {
    const provider = await pickProvider(talk, known)
    if (provider === undefined) return 'gone'
    if (provider === '' || (provider === OFFLINE && isOffline(known.current))) return 'skip'
    if (provider === OFFLINE) return { provider, model: OFFLINE }
    const offer = known.offers.find((one) => one.provider === provider)
    const model = await pickModel(talk, provider, offer?.models ?? known.modelsOf(provider))
    if (model === undefined) return 'gone'
    const { ollama } = known.found
    if (model !== '') return { provider, model, ...(provider === 'ollama' && ollama && { baseUrl: ollama.url }) }
  }
}

function* foundLines({ keys, ollama, docker, bubblewrap }: Surroundings): Iterable<string> {
  const variables = keys.map(({ name }) => name)
  yield `Keys in the environment: ${variables.length === 0 ? 'none' : variables.join(', ')}`
  yield `Ollama: ${ollama === undefined ? 'does not answer' : `${ollama.url}, ${counted(ollama.models.length, 'model')}`}`
  yield `Docker: ${docker}; bubblewrap: ${bubblewrap ?? 'not there'} (neither is used yet)`
}

/** An empty text means as it is. */
async function pickProvider(talk: Talk, { current, offers, providers }: Known): Promise<string | undefined> {
  talk.say('')
  talk.say('Who shall answer? Type a number; Enter alone is 1.')
  talk.say(
    `  1  ${isOffline(current) ? 'the offline model: a few fixed rules, no key, no network' : `${current}, as it is`}`,
  )
  for (const [at, { provider, why }] of offers.entries()) talk.say(`  ${at + 2}  ${provider}: ${why}`)
  talk.say(`  ${offers.length + 2}  another provider, by its name`)
  for (;;) {
    const typed = await talk.ask('> ')
    if (typed === undefined) return undefined
    if (typed === '' || typed === '1') return ''
    const chosen = /^\d+$/.test(typed) ? offers[Number(typed) - 2]?.provider : known(typed, providers)
    if (chosen !== undefined) return chosen
    if (typed !== String(offers.length + 2)) talk.say(notKnown(typed, providers, offers.length + 2))
    else talk.say(`Type its name: ${providers.join(', ')}`)
  }
}

function notKnown(typed: string, providers: readonly string[], most: number): string {
  const near = /^\d/.test(typed) ? [] : nearest(typed, providers)
  return near.length > 0
    ? `There is no provider of that name. Did you mean ${near.join(', or ')}?`
    : `Type a number from 1 to ${most}, or a name.`
}

const known = (typed: string, providers: readonly string[]) => providers.find((name) => name === typed)

/** An empty text means back. */
async function pickModel(talk: Talk, provider: string, models: readonly OfferedModel[]): Promise<string | undefined> {
  talk.say('')
  talk.say(`Which model of ${provider}? A number or a name; Enter alone goes back.`)
  for (const [at, { name, about }] of models.entries())
    talk.say(`  ${String(at + 1).padStart(2)}  ${name}${about === '' ? '' : `  (${about})`}`)
  for (;;) {
    const typed = await talk.ask('> ')
    if (typed === undefined || typed === '') return typed
    const chosen = /^\d{1,3}$/.test(typed) ? models[Number(typed) - 1]?.name : typed
    if (chosen !== undefined && /^[\x21-\x7e]{1,256}$/.test(chosen)) return chosen
    talk.say(
      models.length > 0 ? `Type a number from 1 to ${models.length}, or a name without spaces.` : 'Type its name.',
    )
  }
}
