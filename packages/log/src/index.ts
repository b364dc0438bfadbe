export type { OpenLog } from './hub.js'
export { openLog } from './open.js'
export type { HeadDifference } from './store.js'
