import { type CallDelta, laterCounts, type Piece } from './piece.js'

/**
 * Adds a piece to those that came with it, and makes one of two that say the same thing on: whoever shows an answer pays
 * for each delta, and a fast vendor sends a hundred words at once. The answer that they add up to stays the same.
 */
export function joinPiece(pieces: Piece[], piece: Piece): void {
  const end = pieces.length - 1
  // Gemini counts with each word, and a count keeps no words apart.
  const at = pieces[end]?.type === 'usage' && piece.type !== 'usage' ? end - 1 : end
  const last = pieces[at]
  const both = last && joined(last, piece)
  if (both === undefined) pieces.push(piece)
  else pieces[at] = both
}

function joined(last: Piece, piece: Piece): Piece | undefined {
  if (last.type === 'text' && piece.type === 'text') return joinedText(last, piece)
  if (last.type === 'reasoning' && piece.type === 'reasoning')
    return last.slot === piece.slot ? joinedThought(last, piece) : undefined
  if (last.type === 'usage' && piece.type === 'usage')
    return { type: 'usage', counts: laterCounts(last.counts, piece.counts) }
  if (last.type !== 'call' || piece.type !== 'call' || !isMore(piece, last)) return undefined
  return { ...last, args: (last.args ?? '') + (piece.args ?? '') }
}

type Text = Extract<Piece, { type: 'text' }>

/** What carries something of its vendor's is a part of its own, or ends one. */
const joinedText = (last: Text, piece: Text): Text | undefined =>
  last.slot === piece.slot && last.extra === undefined && piece.extra === undefined
    ? { ...last, text: last.text + piece.text }
    : undefined

type Thought = Extract<Piece, { type: 'reasoning' }>

const joinedThought = (last: Thought, piece: Thought): Thought => ({
  ...last,
  text: last.text + piece.text,
  ...(piece.extra && { extra: { ...last.extra, ...piece.extra } }),
  ...(piece.details && { details: [...(last.details ?? []), ...piece.details] }),
})

/** Whether a delta has nothing but more arguments for the call of the one before it. Without an index nobody can say. */
const isMore = ({ index, id, name, wholeArgs, partialArgs, extra, onlyKnown }: CallDelta, last: CallDelta): boolean =>
  index !== undefined &&
  index === last.index &&
  [id, name, wholeArgs, partialArgs, extra, last.partialArgs].every((field) => field === undefined) &&
  (onlyKnown === true || last.onlyKnown === undefined)
