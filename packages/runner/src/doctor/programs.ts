import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isLive } from '../daemon/socket.js'
import { type Check, fact, type Scene } from './finding.js'

/** What could isolate a guest one day. No tier uses it yet, so these are facts and never faults. */
export const isolation: Check = {
  name: 'isolation',
  run: async (scene) => {
    const { env } = scene.context
    const [bwrap, qemu, docker, kvm] = await Promise.all([
      inPath(env, ['bwrap']),
      inPath(env, ['qemu-system-x86_64', 'qemu-system-aarch64']),
      dockerWords(scene),
      kvmWords(),
    ])
    return [
      fact(`bubblewrap: ${bwrap ?? 'not there'}`),
      fact(`docker: ${docker}`),
      fact(`qemu: ${qemu ?? 'not there'}; /dev/kvm ${kvm}`),
      fact('None of them is used yet: the only tier is process, and it is not sealed.'),
    ]
  },
}

/** The first of these programs that can be run. */
export async function inPath(
  env: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
): Promise<string | undefined> {
  for (const directory of (env.PATH ?? '').split(':').filter(Boolean))
    for (const name of names) {
      const path = join(directory, name)
      if (await mayUse(path, constants.X_OK)) return path
    }
  return undefined
}

const mayUse = (path: string, mode: number) =>
  access(path, mode).then(
    () => true,
    () => false,
  )

export async function dockerWords({ context: { env, uid } }: Pick<Scene, 'context'>): Promise<string> {
  const host = env.DOCKER_HOST
  if (host !== undefined && !host.startsWith('unix://')) return 'DOCKER_HOST names another machine; not asked'
  const path = host === undefined ? '/var/run/docker.sock' : host.slice('unix://'.length)
  const stats = await stat(path).catch(() => undefined)
  if (stats === undefined) return 'no socket'
  const whose = stats.uid === uid ? 'yours' : `user ${stats.uid}'s, group ${stats.gid}`
  return `${path} (${whose}) ${(await isLive(path)) ? 'answers' : 'does not let you in, or nobody answers'}`
}

async function kvmWords(): Promise<string> {
  if ((await stat('/dev/kvm').catch(() => undefined)) === undefined) return 'is not there'
  return (await mayUse('/dev/kvm', constants.R_OK | constants.W_OK)) ? 'can be used' : 'is there, but not for you'
}
