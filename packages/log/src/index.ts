export type { OpenLog } from './hub.js'
export { type LogOptions, openLog } from './open.js'
export type { HeadDifference } from './store.js'
export { type LogThread, startLogThread } from './thread.js'
