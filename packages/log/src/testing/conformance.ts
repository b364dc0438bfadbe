import { describe } from 'vitest'
import { appends } from './appends.js'
import { blobs } from './blobs.js'
import { deletions } from './deletions.js'
import { follows } from './follows.js'
import { heads } from './heads.js'
import { laws } from './laws.js'
import { reads } from './reads.js'
import type { MakeLog } from './stage.js'

export function conformance(name: string, make: MakeLog): void {
  describe(`${name} is a log:`, () => {
    appends(make)
    reads(make)
    follows(make)
    heads(make)
    deletions(make)
    blobs(make)
    laws(make)
  })
}
