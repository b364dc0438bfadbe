import type { Errand, Happening } from './happening.js'
import type { Place } from './place.js'
import type { Terminal } from './terminal.js'
import { errorLines, saidLines } from './words.js'

/** Does what needs this machine and not the daemon. A failure is told, never thrown. */
export async function errand(
  effect: Errand,
  place: Place,
  lend: Terminal['lend'],
): Promise<Happening | undefined> {
  try {
    return await done(effect, place, lend)
  } catch (error) {
    return { type: 'said', lines: errorLines(FAILURES[effect.errand], error) }
  }
}

async function done(effect: Errand, place: Place, lend: Terminal['lend']): Promise<Happening | undefined> {
  switch (effect.errand) {
    case 'recall':
      return { type: 'history', entries: await place.history.load() }
    case 'remember':
      return void (await place.history.add(effect.entry))
    case 'edit':
      return { type: 'edited', text: await lend(() => place.edit(effect.text)) }
    case 'clipboard':
      return { type: 'clipboard', bytes: await place.clipboardImage() }
    case 'pasted':
      return { type: 'pasted', text: effect.text, files: await place.filesIn(effect.paths) }
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

const FAILURES: Readonly<Record<Errand['errand'], string>> = {
  recall: 'what was sent before is not known',
  remember: 'what was sent is not kept for the next time',
  edit: 'your editor could not be used',
  clipboard: 'nothing was attached',
  pasted: 'the file could not be attached',
  files: 'the files of the workspace are not known',
  export: 'not exported',
}
