/**
 * Identifiers are branded strings: a plain string is not a `TurnId`, and a `TurnId` is not a `StepId`.
 * The functions of the same name brand a text that is known to be one; they check nothing.
 */
declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** A person: `[a-z0-9][a-z0-9_-]{0,31}`. */
export type UserId = Branded<'UserId'>
/** One conversation, unique within its user. */
export type SessionId = Branded<'SessionId'>
/** The client's key of one input; the turn that carries it to its answer bears the same text. */
export type InputId = Branded<'InputId'>
export type TurnId = Branded<'TurnId'>
/** `<turn>.<n>`: the n-th model call of its turn, counted from 1, interrupted ones included. */
export type StepId = Branded<'StepId'>
/** `<step>.<n>`: the n-th tool call of its step, counted from 0. */
export type CallId = Branded<'CallId'>
/** The client's key of a command that is not an input. */
export type CommandId = Branded<'CommandId'>
/** Lower-case hex SHA-256 of a blob's bytes. */
export type BlobHash = Branded<'BlobHash'>
/** `<user>/<session>`: the key of a session's log, so that a foreign session is simply not found. */
export type StreamName = Branded<'StreamName'>

export const userId = (text: string) => text as UserId
export const sessionId = (text: string) => text as SessionId
export const inputId = (text: string) => text as InputId
export const turnId = (text: string) => text as TurnId
export const stepId = (text: string) => text as StepId
export const callId = (text: string) => text as CallId
export const commandId = (text: string) => text as CommandId
export const blobHash = (text: string) => text as BlobHash
/** The stream of a user's grants; no session can have its name. */
export const LEDGER = 'ledger' as SessionId

export const streamName = (user: UserId, session: SessionId) => `${user}/${session}` as StreamName

/** A position in a log: strictly increasing along a stream, gaps allowed; 0 is before the first event. */
export type Seq = number
/** Milliseconds since the Unix epoch. */
export type Millis = number
