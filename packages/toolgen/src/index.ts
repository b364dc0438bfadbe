export { type Report, runToolgen } from './run.js'
