/** What a tool can do: look; change the workspace; anything else. */
export const SAFETY_CLASSES = ['read-only', 'side-effecting', 'privileged'] as const
export type SafetyClass = (typeof SAFETY_CLASSES)[number]

/**
 * What may happen to a call whose outcome a crash has hidden: `pure` and `idempotent` run again (the latter with
 * the same key), `reconcile` asks its effector, `never` is reported to the model as unknown.
 */
export const REPLAY_CLASSES = ['pure', 'idempotent', 'reconcile', 'never'] as const
export type ReplayClass = (typeof REPLAY_CLASSES)[number]
