/** A growing set of ids that copies little: recent ones in a short list, older ones in a set made anew every 256. */
export type Seen = { readonly recent: readonly string[]; readonly older: ReadonlySet<string> }

export const NONE_SEEN: Seen = { recent: [], older: new Set() }

/** Commands of several kinds share one set: a client's key is its own within a kind. */
export const selectKey = ({ command }: { readonly command: string }): string => `select ${command}`

const RECENT = 256

export const hasSeen = (seen: Seen, id: string): boolean => seen.recent.includes(id) || seen.older.has(id)

export function see(seen: Seen, id: string): Seen {
  if (seen.recent.length < RECENT) return { recent: [...seen.recent, id], older: seen.older }
  return { recent: [id], older: new Set([...seen.older, ...seen.recent]) }
}
