import type { Bench, Row } from '../bench.ts'
import { digits, limited, median } from '../numbers.ts'
import { type Contestant, openRace, ROUNDS } from '../race.ts'
import { ANSWERS, EVENTS, type WireName } from './answers.ts'

/** Who speaks a wire beside Nacre. */
const PEERS = {
  chat: { openai: 'openai', ai: 'ai', 'pi-ai': 'pi-ai' },
  responses: { openai: 'openai', ai: 'ai', 'pi-ai': 'pi-ai' },
  anthropic: { '@anthropic-ai/sdk': 'anthropic', ai: 'ai', 'pi-ai': 'pi-ai' },
  gemini: { ai: 'ai', 'pi-ai': 'pi-ai' },
} as const satisfies Record<WireName, Record<string, string>>

const TITLES: Record<WireName, string> = {
  chat: 'OpenAI chat',
  responses: 'OpenAI Responses',
  anthropic: 'Anthropic',
  gemini: 'Gemini',
}
const FETCH = new URL('./vendor-fetch.ts', import.meta.url)

export const wires: Bench = {
  name: 'wires',
  title: 'Decoding each wire',
  note: `An answer of ${EVENTS} events, each with one word, handed over by the same \`fetch\` to all, from memory, one event or fifty at a time: so there is no network in it. MB and events for each second of CPU (user and system) of the whole process. Nacre is the provider and ends with the whole message; \`openai\` and \`@anthropic-ai/sdk\` give their raw events, \`ai\` its \`textStream\`, pi-ai its events; bare is eventsource-parser and one JSON.parse an event. Medians of ${ROUNDS} rounds, taking turns.`,
  async run(say) {
    const rows: Row[] = []
    for (const wire of Object.keys(TITLES) as WireName[]) {
      await using race = await openRace(contestants(wire), FETCH)
      for (const perChunk of [1, 50]) {
        say(`${TITLES[wire]}, ${perChunk} at a time`)
        rows.push(...compared(wire, perChunk, await race.run(`http://vendor/per/${perChunk}`)))
      }
    }
    return rows
  },
}

function contestants(wire: WireName): Record<string, Contestant> {
  const one = (module: string): Contestant => ({ module: new URL(module, import.meta.url), reads: wire })
  const peers = Object.entries(PEERS[wire]).map(([name, file]) => [name, one(`../peers/wires/${file}.mjs`)] as const)
  return { Nacre: one('./nacre.ts'), ...Object.fromEntries(peers), bare: one('./bare.ts') }
}

function compared(wire: WireName, perChunk: number, samples: ReadonlyMap<string, readonly number[]>): Row[] {
  const where = `${TITLES[wire]}, ${perChunk} at a time`
  const seconds = new Map([...samples].map(([name, micros]) => [name, median(micros) / 1e6]))
  const cost = (name: string) => seconds.get(name) ?? Number.NaN
  const fastest = Math.min(...Object.keys(PEERS[wire]).map(cost))
  const megabytes = [...ANSWERS[wire]()].reduce((sum, event) => sum + event.length, 0) / 1e6
  return [
    ...[...seconds].map(([name, spent]) => ({
      what: `${where}: ${name}`,
      value: `${digits(megabytes / spent)} MB/s, ${digits(EVENTS / spent / 1000)}k events/s`,
    })),
    limited(`${where}: Nacre against the fastest of them`, fastest / cost('Nacre'), '×', { atLeast: 1.5 }),
    limited(`${where}: CPU against bare`, cost('Nacre') / cost('bare'), '×', { atMost: 1.5 }),
  ]
}
