export { orAborted } from './abort.js'
export { createQueue, type Queue } from './queue.js'
export { systemWorld } from './world.js'
