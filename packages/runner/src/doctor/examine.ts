import { Fault, type World } from '@nacre/types'
import { type Check, type Finding, problem, type Said, type Scene } from './finding.js'

/** Runs all checks side by side. One that does not come back within `mostMs` is a finding of its own, and is left behind. */
export async function examine(
  checks: readonly Check[],
  scene: Scene,
  { sleep, mostMs }: { readonly sleep: World['sleep']; readonly mostMs: number },
): Promise<{ readonly findings: readonly Finding[]; readonly hangs: boolean }> {
  const stop = new AbortController()
  const late = sleep(mostMs, stop.signal).then(
    () => undefined,
    () => undefined,
  )
  const results = await Promise.all(checks.map((check) => Promise.race([judged(check, scene), late])))
  stop.abort()
  const findings = results.flatMap((said, at) => {
    const { name } = checks[at] as Check
    const all = said ?? [tooLate(name, mostMs)]
    return all.map((one) => ({ check: name, ...one }))
  })
  return { findings, hangs: results.includes(undefined) }
}

const tooLate = (name: string, mostMs: number) =>
  problem(
    `The check of ${name} did not come back within ${mostMs} ms.`,
    'Something that it looks at hangs: a network drive, or a program. Look at it by hand.',
  )

/** A check that fails has found something. */
async function judged({ run }: Check, scene: Scene): Promise<readonly Said[]> {
  try {
    return await run(scene)
  } catch (error) {
    const text = error instanceof Error ? error.message : 'unknown error'
    const mend = error instanceof Fault ? error.mend : undefined
    return [problem(text, mend ?? 'This should not happen: please report it.')]
  }
}
