export { orAborted } from './abort.js'
export { createQueue, type Queue } from './queue.js'
export { cutHead, cutTail, headAndTail, leftOutMarker, utf8Length } from './text.js'
export { systemWorld } from './world.js'
