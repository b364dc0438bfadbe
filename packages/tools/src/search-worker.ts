import { parentPort, workerData } from 'node:worker_threads'
import { hitsIn } from './matcher.js'

// Runs the regular expression of one search, text by text, until it is told to end or is ended.
const { pattern, flags }: { pattern: string; flags: string } = workerData
const regex = new RegExp(pattern, flags)
parentPort?.on('message', (text: string) => parentPort?.postMessage(hitsIn(text, (line) => line.search(regex))))
