import type { Terminal } from './drawn/terminal.js'
import type { Errand, Happening } from './happening.js'
import type { Place } from './place.js'
import { attachmentsIn } from './typed/attachment.js'
import { errorLines, saidLines } from './words.js'

/** Does what needs this machine and not the daemon. A failure is told, never thrown. */
export async function errand(
  effect: Errand,
  place: () => Promise<Place>,
  lend: Terminal['lend'],
): Promise<Happening | undefined> {
  try {
    return await done(effect, await place(), lend)
  } catch (error) {
    return { type: 'said', lines: errorLines(FAILURES[effect.type], error) }
  }
}

async function done(effect: Errand, place: Place, lend: Terminal['lend']): Promise<Happening | undefined> {
  switch (effect.type) {
    case 'settings':
      return { type: 'settings', settings: await place.settings() }
    case 'recall':
      return { type: 'history', entries: await place.history.load() }
    case 'remember':
      return void (await place.history.add(effect.entry))
    case 'edit':
      return { type: 'edited', text: await lend(() => place.edit(effect.text)) }
    case 'clipboard': {
      const image = await place.clipboardImage()
      if (image === undefined)
        return { type: 'said', lines: saidLines('There is no image on the clipboard that can be read here.') }
      return { type: 'attached', attachments: [image] }
    }
    case 'attach':
      return {
        type: 'attached',
        attachments: (await attachmentsIn(effect.text, place.attachable)) ?? [],
        text: effect.text,
      }
    case 'files':
      return { type: 'files', request: effect.request, paths: await place.files(effect.workspace, effect.prefix) }
    case 'export': {
      const path = await place.exportSession(effect.session, effect.format, effect.path)
      return { type: 'said', lines: saidLines(`The session is in ${path}.`) }
    }
    default:
      return effect satisfies never
  }
}

const FAILURES: Readonly<Record<Errand['type'], string>> = {
  settings: 'your settings of the terminal are not used',
  recall: 'what was sent before is not known',
  remember: 'what was sent is not kept for the next time',
  edit: 'your editor could not be used',
  clipboard: 'nothing was attached',
  attach: 'nothing was attached',
  files: 'the files of the workspace are not known',
  export: 'not exported',
}

export const isErrand = (effect: { readonly type: string }): effect is Errand => Object.hasOwn(FAILURES, effect.type)
