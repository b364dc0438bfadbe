import { systemWorld } from '@nacre/kit'
import { Fault } from '@nacre/types'
import { EXIT } from '../command-line/exit.js'
import type { Config } from '../config/config.js'
import { rememberAsked } from '../setup/asked.js'
import { converse, type Talk } from '../setup/conversation.js'
import { type Here, lookHere } from '../setup/here.js'
import { knownModels, offersOf } from '../setup/offers.js'
import { openTalk } from '../setup/talk.js'
import { costOfTry, tryModel } from '../setup/try-model.js'
import { costWords, missingKey, nextSteps, triedWords, writtenWords } from '../setup/words.js'
import { planChoice } from '../setup/write.js'
import { aroundOf } from './around.js'
import type { CommandContext } from './context.js'
import { printable } from './teller.js'

/** Asks in the terminal. Until the last answer nothing is written. `startsNow`: a daemon is about to be started here. */
export async function guided(context: CommandContext, startsNow: boolean): Promise<number> {
  const { env, home, flags } = context
  const here = await lookHere(context)
  const { config, catalog, found } = here
  using talk = openTalk(process.stdin, process.stdout)
  const current = `${config.selection.provider}/${config.selection.model}`
  const choice = await converse(talk, {
    current,
    found,
    offers: offersOf(found, config, catalog),
    providers: [...config.providers.keys()],
    modelsOf: (provider) => knownModels(provider, config, catalog),
  })
  if (choice === 'gone') return EXIT.failed
  if (choice === 'skip') {
    rememberAsked({ env, home }, systemWorld().now())
    talk.say(`${current} is selected. To choose another: ${context.program} setup`)
    return EXIT.ok
  }
  const planned = await planChoice(aroundOf(context), choice)
  const fine = planned.config === undefined || flags.noTest || (await triedWith(talk, context, planned.config, here))
  if (!fine) return EXIT.failed
  const { files, shadowed } = await planned.write()
  rememberAsked({ env, home }, systemWorld().now())
  talk.say(writtenWords(files))
  for (const line of await nextSteps(context, planned.config, { shadowed, startsNow })) talk.say(line)
  return EXIT.ok
}

/** Tries the model if it can be asked and the person wants it; false where they do not want it after that. */
async function triedWith(talk: Talk, context: CommandContext, config: Config, { catalog }: Here): Promise<boolean> {
  if (missingKey(config, context.env) !== undefined) return true // It is told with what is to be done.
  const cost = costWords(costOfTry(config, catalog))
  talk.say('')
  if (!context.flags.test && !isYes(await talk.ask(`Try it now with one small call (${cost})? y or n > `))) return true
  try {
    talk.say(triedWords(await tryModel(config, context.env, systemWorld())))
    return true
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    talk.say(printable(`It did not answer: ${error.message}${error.mend === undefined ? '' : ` ${error.mend}`}`))
    return isYes(await talk.ask('Write it down nevertheless? y or n > '))
  }
}

const isYes = (typed: string | undefined) => /^y(es)?$/i.test(typed ?? '')
