import type { Place } from '@nacre/tui'

/** A machine with nothing on it; `kept` is what was remembered, `said` what was asked of it. */
export function fakePlace(more: Partial<Place> = {}) {
  const kept: string[] = []
  const place: Place = {
    settings: async () => ({ problems: [] }),
    history: {
      load: async () => kept,
      add: async (entry) => void kept.push(entry),
    },
    edit: async () => undefined,
    exportSession: async () => '/tmp/session.md',
    attachable: { home: '/home/alice', fileAt: async () => undefined },
    readFile: async () => new Uint8Array(),
    files: async () => [],
    clipboardImage: async () => undefined,
    ...more,
  }
  return { place, kept }
}
