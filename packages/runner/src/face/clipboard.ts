import { execFile } from 'node:child_process'
import { type Attachment, clipboardCommands, clipboardImage, desktopOf } from '@nacre/tui'

const WAIT_MS = 5000
const OUTPUT_BYTES = 64 * 1024 * 1024

/** The image on this machine's clipboard, from the first program that is there and gives one. */
export async function imageOnClipboard(env: NodeJS.ProcessEnv): Promise<Attachment | undefined> {
  for (const { command, args, writes } of clipboardCommands(desktopOf(process.platform, env))) {
    const output = await outputOf(command, args, env)
    const image = output && clipboardImage(output, writes)
    if (image) return image
  }
  return undefined
}

/** Nothing where the program is not there, fails, or takes too long: then the next one is asked. */
const outputOf = (command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Buffer | undefined> =>
  new Promise((resolve) => {
    const options = { encoding: 'buffer', timeout: WAIT_MS, maxBuffer: OUTPUT_BYTES, env } as const
    execFile(command, [...args], options, (error, stdout) => resolve(error ? undefined : stdout))
  })
