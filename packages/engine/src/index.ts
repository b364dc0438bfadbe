export type { DriveEnd, Effector } from './drive.js'
export { type Engine, type EngineOptions, startEngine } from './engine.js'
export { type Lease, type Leases, lockedLog } from './lease.js'
export type { DayBudget } from './ledger.js'
