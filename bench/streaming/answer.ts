/** Pieces of text in the answer that every contestant reads. */
export const CHUNKS = 20_000
