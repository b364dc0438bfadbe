export { orAborted } from './abort.js'
export { createQueue, type Queue } from './queue.js'
export { systemWorld } from './world.js'
export { cutHead, cutTail, headAndTail, leftOutMarker, utf8Length } from './text.js'
