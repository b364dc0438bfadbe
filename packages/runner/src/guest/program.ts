import { homedir } from 'node:os'
import { agentSpawn, cliProvider } from '@nacre/providers'
import { Fault, type Provider, type World } from '@nacre/types'
import type { GuestProvider } from './bootstrap.js'

/** Where programs run, and what they find in their environment beside where they and their files are. */
export type ProgramPlace = {
  readonly world: World
  readonly workspace: string
  readonly env: Readonly<Record<string, string>>
}

/** A program of this machine as a model. One that was ended by a clock has worked: neither it nor another does so again. */
export function programModel(spec: Extract<GuestProvider, { type: 'cli' }>, place: ProgramPlace): Provider {
  const { name, command, args } = spec
  const { connectMs: _, ...clocks } = spec.clocks
  const { world, workspace } = place
  const { PATH = '/usr/bin:/bin', LANG = 'C.UTF-8' } = process.env
  const env = { PATH, LANG, HOME: homedir(), ...place.env }
  const program = cliProvider({ name, command, args, env, cwd: workspace, spawn: agentSpawn(world), world, clocks })
  return {
    name,
    async *generate(request, ports) {
      try {
        yield* program.generate(request, ports)
      } catch (error) {
        throw error instanceof Fault && error.code === 'timeout' ? final(error) : error
      }
    },
  }
}

/** No code for which a router would ask somebody else. */
const final = ({ message, mend, cause }: Fault) =>
  new Fault('provider_error', message, { retry: 'never', cause, ...(mend !== undefined && { mend }) })
