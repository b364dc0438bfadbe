import { join } from 'node:path'
import { aroundOf } from '../commands/around.js'
import { VENDOR_VARIABLES } from '../config/api-key.js'
import { loadTuiConfig } from '../config/load-tui.js'
import { readSmall } from '../config/read-file.js'
import { planDaemon } from '../daemon/plan.js'
import { type Check, fact, ok, problem, warning } from './finding.js'

/** What a start would say, and whether there is a key for those who are to answer. */
export const configuration: Check = {
  name: 'configuration',
  run: async ({ context }) => {
    const { routes, bootstrap, hints } = await planDaemon(context)
    const { provider, model } = bootstrap.agents.default ?? {}
    const keyless = routes.filter(({ inject }) => inject === undefined).map(({ missing }) => missing)
    return [
      ok(`${provider?.name}/${model} is selected`),
      ...keyless.map((text) => problem(...sentences(text))),
      ...hints.map((hint) => fact(hint)),
    ]
  },
}

/** What a route says of its missing key: first what is so, then what to do. */
function sentences(text: string): [string, string] {
  const end = text.indexOf('. ') + 1
  return [text.slice(0, end), text.slice(end + 1)]
}

export const terminalFile: Check = {
  name: 'tui.toml',
  run: async ({ context }) => {
    const { theme, keys } = await loadTuiConfig(aroundOf(context))
    return [ok(`theme ${theme}; keys of your own: ${Object.keys(keys).length}`)]
  },
}

const NAMED = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=/gm

/** A project's `.env` comes with the project: it is nobody's who starts a daemon there. */
export const dotEnv: Check = {
  name: '.env',
  run: async ({ context: { env }, cwd }) => {
    const read = await readSmall(join(cwd, '.env'))
    if (!('text' in read)) return []
    const named = new Set([...read.text.matchAll(NAMED)].map(([, name = '']) => name))
    const keys = VENDOR_VARIABLES.map(({ name }) => name).filter((name) => named.has(name) && !env[name])
    if (keys.length === 0) return [fact('There is a .env here; it is not read.')]
    const text = `There is a .env here that names ${keys.join(', ')}; it is not read.`
    return [warning(text, 'If the file is yours: set -a; . ./.env; set +a, and restart the daemon from that shell.')]
  },
}
