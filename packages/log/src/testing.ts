export { memoryLog } from './memory.js'
