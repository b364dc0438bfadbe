import { join, resolve } from 'node:path'
import { configHome, stateHome } from '../paths.js'
import { absolute, builtIn, compose, type Layers } from './compose.js'
import type { Config, UserConfig } from './config.js'
import { crossProblems } from './cross.js'
import { type Doc, merge } from './doc.js'
import { judge } from './judge.js'
import { namingAt } from './keys.js'
import {
  type Layer,
  NOTHING,
  type Reader,
  readDirectory,
  readExtra,
  readNamed,
  readPrompt,
  readUser,
} from './layers.js'
import { ozLayer } from './oz-variables.js'
import { faultOf, type Problem } from './problem.js'
import { readSmall } from './read-file.js'
import { overreach } from './trust.js'
import { type Env, variablesOf } from './variables.js'

export type Surroundings = {
  readonly env: Env
  readonly cwd: string
  readonly home: string
  /** Whose own file is read and whose workspace is named. */
  readonly user?: string
  /** Paths, relative to `cwd`. `config` is a file or directory, a layer above the project's. */
  readonly flags?: { readonly config?: string; readonly workspace?: string }
  /** The machine's layer; /etc/nacre. */
  readonly etc?: string
  /** How files are read, if not from the disk. */
  readonly read?: Reader
}

/**
 * The configuration from all its layers: defaults < `OZ_PROVIDER_…` < /etc/nacre < $XDG_CONFIG_HOME/nacre < `.nacre/` of the project <
 * `--config` < `NACRE__A__B` < flags. Throws one Fault `invalid_input` that lists everything that is wrong with it,
 * each with its place; what several keys together get wrong is looked for once each is right by itself.
 */
export async function loadConfig(
  around: Surroundings & { readonly user: string },
): Promise<Config & { readonly user: UserConfig }>
export async function loadConfig(around: Surroundings): Promise<Config>
export async function loadConfig(around: Surroundings): Promise<Config> {
  const judged = await judgeConfig(around)
  if ('problems' in judged) throw faultOf(judged.problems)
  return judged.config
}

/** The configuration with the layers that it is made of, or everything that is wrong with it. */
export async function judgeConfig(
  around: Surroundings,
): Promise<{ readonly config: Config; readonly layers: Layers } | { readonly problems: readonly Problem[] }> {
  const { env, home, user, read = readSmall } = around
  if (user !== undefined && !USER.test(user)) return { problems: [misnamed] }
  const { below, project, above, problems } = await readLayers(around, read)
  const judged = [...below, ...project, ...above].flatMap(judge)
  const wrong = [...problems, ...judged, ...overreach(project, below, configHome(env, home))]
  if (wrong.length > 0) return { problems: wrong }

  const layers = byKind([...below, ...project, ...above])
  const prompts = await promptsOf(layers, home, read)
  if ('problems' in prompts) return prompts
  const config = compose(layers, { home, stateHome: stateHome(env, home) }, user, prompts.texts)
  const guarded = { home, configHome: configHome(env, home), stateHome: stateHome(env, home) }
  const crossed = crossProblems(layers, config, guarded)
  return crossed.length > 0 ? { problems: crossed } : { config, layers }
}

type Stack = {
  readonly below: readonly Doc[]
  readonly project: readonly Doc[]
  readonly above: readonly Doc[]
  readonly problems: readonly Problem[]
}

async function readLayers({ env, cwd, home, user, flags = {}, etc = ETC }: Surroundings, read: Reader): Promise<Stack> {
  const extraPath = flags.config === undefined ? undefined : resolve(cwd, flags.config)
  const own = configHome(env, home)
  const nacre = join(cwd, '.nacre')
  const machine = await readDirectory(read, etc, true)
  const personal = await readDirectory(read, own, true)
  const project = await readDirectory(read, nacre, false)
  const extra = extraPath === undefined ? NOTHING : forDaemons(await readExtra(read, extraPath))
  const variables = forDaemons(variablesOf(env, cwd))
  const trusted = [...machine.docs, ...personal.docs, ...extra.docs, ...variables.docs]
  const dirs = [etc, own, ...(extraPath === undefined ? [] : [extraPath])]
  const users = await readUsers(read, { docs: trusted, dirs, home }, user)
  const foreign = user === undefined ? NOTHING : await readUser(read, [nacre], user, false)
  const oz = ozLayer(env, [...trusted, ...project.docs])
  return {
    below: [builtIn, ...oz.docs, ...machine.docs, ...personal.docs, ...users.docs],
    project: [...project.docs, ...foreign.docs],
    above: [...extra.docs, ...variables.docs, ...flagDocs(flags, cwd)],
    problems: [oz, machine, personal, users, project, foreign, extra, variables].flatMap((layer) => layer.problems),
  }
}

/** A user's own file: the one that config_path names, else the one of each layer. */
async function readUsers(
  read: Reader,
  { docs, dirs, home }: { readonly docs: readonly Doc[]; readonly dirs: readonly string[]; readonly home: string },
  user?: string,
): Promise<Layer> {
  if (user === undefined) return NOTHING
  const named = byKind(docs).runner.get(`users.${user}.config_path`)
  if (named === undefined) return readUser(read, dirs, user, true)
  if (typeof named.value !== 'string') return NOTHING
  const path = absolute(named, home)
  return readNamed(read, 'user', path, {
    place: named.doc.placeOf(named.path),
    text: `users.${user}.config_path: there is no file ${path}.`,
  })
}

function flagDocs({ workspace }: { readonly workspace?: string }, cwd: string): readonly Doc[] {
  if (workspace === undefined) return []
  const placeOf = () => ({ source: 'flag --workspace' })
  return [{ kind: 'user', values: { mounts: { shared: workspace } }, placeOf, dir: cwd, trusted: true }]
}

/** The texts of all prompt files that are named, by the keys that name them. */
async function promptsOf(
  { agent }: Layers,
  home: string,
  read: Reader,
): Promise<{ readonly texts: ReadonlyMap<string, string> } | { readonly problems: readonly Problem[] }> {
  const leaves = [...agent].filter(([, { path }]) => path.at(-1) === 'prompt_file')
  const made = await Promise.all(
    leaves.map(async ([key, leaf]) => ({ key, ...(await readPrompt(read, leaf, absolute(leaf, home))) })),
  )
  const problems = made.flatMap((one) => ('problem' in one ? [one.problem] : []))
  if (problems.length > 0) return { problems }
  return { texts: new Map(made.flatMap((one) => ('text' in one ? [[one.key, one.text]] : []))) }
}

/** What is said of the terminal is no daemon's: it may be wrong, and a daemon starts. */
const forDaemons = ({ docs, problems }: Layer): Layer => ({ docs: docs.filter(({ kind }) => kind !== 'tui'), problems })

const byKind = (docs: readonly Doc[]): Layers => ({
  agent: merge(docs.filter(({ kind }) => kind === 'agent' || kind === 'providers')),
  runner: merge(docs.filter(({ kind }) => kind === 'runner')),
  user: merge(docs.filter(({ kind }) => kind === 'user')),
})

const ETC = '/etc/nacre'
const USER = /^[a-z0-9][a-z0-9_-]{0,31}$/
const misnamed: Problem = { place: { source: 'flag --user' }, text: `expected ${namingAt('runner', ['users'])}.` }
