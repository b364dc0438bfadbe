import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Fault } from '@nacre/types'
import { EXIT } from '../command-line/exit.js'
import { readSmall } from '../config/read-file.js'
import { replaceFile } from '../config/write-file.js'
import { daemonStatus } from '../daemon/control.js'
import { type Systemctl, systemctl } from '../service/systemctl.js'
import { instanceOf, UNIT, unitText } from '../service/unit.js'
import { type CommandContext, print, printJson } from './context.js'
import { printable } from './teller.js'

/** Lets systemd start the daemon, now and with each login. */
export async function install(context: CommandContext): Promise<number> {
  refuseElsewhere()
  const text = textOf(context)
  if (context.flags.print) {
    process.stdout.write(text)
    return EXIT.ok
  }
  const path = pathOf(context)
  await replaceFile(path, text)
  const isRunning = (await daemonStatus(context.paths)) !== undefined
  // One that runs already would be found by the unit's, which then ends.
  const commands = [['daemon-reload'], ['enable', ...(isRunning ? [] : ['--now']), instanceOf(context.user)]]
  return told(context, path, await allOf(systemctl(context.env), commands), [
    ...(isRunning
      ? [`A daemon runs already: ${context.program} stop, then systemctl --user start ${instanceOf(context.user)}`]
      : []),
    'It ends when you log out, unless you say: loginctl enable-linger',
  ])
}

export async function uninstall(context: CommandContext): Promise<number> {
  refuseElsewhere()
  const path = pathOf(context)
  const run = systemctl(context.env)
  const disabled = await allOf(run, [['disable', '--now', instanceOf(context.user)]])
  await rm(path, { force: true })
  return told(context, path, { ...disabled, ...(disabled.ok && (await allOf(run, [['daemon-reload']]))) }, [])
}

export async function status(context: CommandContext): Promise<number> {
  refuseElsewhere()
  const path = pathOf(context)
  const read = await readSmall(path)
  const installed = 'text' in read
  const run = systemctl(context.env)
  const [enabled, active] = await Promise.all([
    run('is-enabled', instanceOf(context.user)),
    run('is-active', instanceOf(context.user)),
  ])
  const said = {
    installed,
    current: installed && read.text === textOf(context),
    path,
    enabled: firstLine(enabled.said),
    active: firstLine(active.said),
  }
  if (context.flags.json) printJson(said)
  else {
    print(
      installed
        ? `${path}${said.current ? '' : ` is not what install would write: ${context.program} service install`}`
        : `Not installed: ${context.program} service install`,
    )
    if (installed) print(printable(`enabled: ${said.enabled}\nactive:  ${said.active}`))
  }
  return EXIT.ok
}

function refuseElsewhere(): void {
  if (process.platform === 'linux') return
  throw new Fault('unsupported', 'A service is only built for systemd, and there is none on this system.', {
    mend: 'Start the daemon with your session: runner start --detach',
  })
}

const pathOf = ({ env, home }: CommandContext) =>
  join(env.XDG_CONFIG_HOME || join(home, '.config'), 'systemd', 'user', UNIT)

const textOf = ({ env }: CommandContext) =>
  unitText({ node: process.execPath, cli: fileURLToPath(new URL('../cli.js', import.meta.url)), env })

const firstLine = (text: string) => text.split('\n')[0] ?? ''

type Done = { readonly ok: boolean; readonly said: string; readonly commands: readonly string[] }

/** Until one fails; `commands` are those that a person would have to type then. */
async function allOf(run: Systemctl, commands: readonly (readonly string[])[]): Promise<Done> {
  for (const args of commands) {
    const { ok, said } = await run(...args)
    if (!ok) return { ok, said, commands: commands.map((words) => `systemctl --user ${words.join(' ')}`) }
  }
  return { ok: true, said: '', commands: [] }
}

function told(context: CommandContext, path: string, done: Done, notes: readonly string[]): number {
  if (context.flags.json) {
    printJson({ path, done: done.ok, said: done.said, commands: done.commands })
    return EXIT.ok
  }
  print(path)
  if (!done.ok) {
    print(printable(`systemd could not be told (${firstLine(done.said)}). Where it runs, say:`))
    for (const command of done.commands) print(`  ${command}`)
  }
  for (const note of notes) print(note)
  return EXIT.ok
}
