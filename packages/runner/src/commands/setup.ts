import { systemWorld } from '@nacre/kit'
import { Fault } from '@nacre/types'
import { EXIT } from '../command-line/exit.js'
import type { Config } from '../config/config.js'
import { rememberAsked } from '../setup/asked.js'
import { type Here, lookHere } from '../setup/here.js'
import type { Surroundings } from '../setup/look-around.js'
import { knownModels } from '../setup/offers.js'
import { costOfTry, type Tried, tryModel } from '../setup/try-model.js'
import { missingKey, nextSteps, triedWords, writtenWords } from '../setup/words.js'
import { type Choice, planChoice } from '../setup/write.js'
import { aroundOf } from './around.js'
import { type CommandContext, print, printJson } from './context.js'
import { guided } from './setup-guided.js'
import { hasTerminal } from './tui.js'

/** Lets a person choose who answers, or does what the flags say; tries it with one call, and writes it down. */
export async function setup(context: CommandContext): Promise<number> {
  const { flags, program } = context
  if (flags.test && flags.noTest)
    throw new Fault('invalid_input', '--test and --no-test say the opposite of each other.', { mend: 'Keep one.' })
  if (flags.provider !== undefined) return byFlags(context, flags.provider)
  if (hasTerminal(context.env) && !flags.json) return guided(context, false)
  throw new Fault('invalid_input', 'Here is no terminal to ask in.', {
    mend: `Say it by flags: ${program} setup --provider anthropic --model NAME --test`,
  })
}

async function byFlags(context: CommandContext, provider: string): Promise<number> {
  const { env, home, flags } = context
  const here = await lookHere(context)
  const choice = choiceOf(context, provider, here)
  const { selection } = here.config
  const selected = `${selection.provider}/${selection.model}`
  if (selection.provider !== 'offline' && selected !== `${provider}/${choice.model}` && !flags.yes)
    throw new Fault('invalid_input', `${selected} is selected already.`, { mend: 'To replace it, give --yes too.' })
  const planned = await planChoice(aroundOf(context), choice)
  const { config } = planned
  if (flags.test && config) refuseWithoutKey(config, env)
  const tried = flags.test && config ? await tryModel(config, env, systemWorld()) : undefined
  const cost = flags.test && config ? costOfTry(config, here.catalog) : undefined
  const { files, shadowed } = await planned.write()
  rememberAsked({ env, home }, systemWorld().now())
  if (flags.json) printJson(reportOf(choice, { tried, cost, files, found: here.found }))
  else {
    if (tried) print(triedWords(tried))
    print(`${provider}/${choice.model} is selected. ${writtenWords(files)}`)
    for (const line of await nextSteps(context, config, { shadowed, startsNow: false })) print(line)
  }
  return EXIT.ok
}

/** Whoever has no key is told so, not what a server says to a call without one. */
function refuseWithoutKey(config: Config, env: NodeJS.ProcessEnv): void {
  const missing = missingKey(config, env)
  if (missing !== undefined)
    throw new Fault('invalid_input', missing, { mend: 'Nothing was written. Without --test it is, and not tried.' })
}

function choiceOf({ flags, program }: CommandContext, provider: string, { config, catalog, found }: Here): Choice {
  const { ollama } = found
  const model = flags.model ?? (provider === 'offline' ? 'offline' : undefined)
  if (model !== undefined) return { provider, model, ...(provider === 'ollama' && ollama && { baseUrl: ollama.url }) }
  const known =
    provider === 'ollama' ? (ollama?.models ?? []) : knownModels(provider, config, catalog).map(({ name }) => name)
  const mend = known.length > 0 ? `There are ${known.slice(0, 8).join(', ')}.` : `See: ${program} catalog show`
  throw new Fault('invalid_input', `Which model of ${provider}? Give --model NAME.`, { mend })
}

function reportOf(
  { provider, model }: Choice,
  done: {
    readonly tried: Tried | undefined
    readonly cost: number | undefined
    readonly files: readonly string[]
    readonly found: Surroundings
  },
) {
  const { tried, cost, files, found } = done
  return {
    provider,
    model,
    tried: tried === undefined ? null : { said: tried.said, took_ms: tried.tookMs, most_micro_usd: cost ?? null },
    files,
    found: {
      keys: found.keys.map(({ name, provider: whose }) => ({ variable: name, provider: whose })),
      ollama: found.ollama ?? null,
      docker: found.docker,
      bubblewrap: found.bubblewrap ?? null,
    },
  }
}
