import { createServer } from 'node:net'

// Says back what it hears, over the unix socket named by its first argument.

createServer((socket) => socket.pipe(socket)).listen(process.argv[2] ?? '', () => process.send?.('listening'))
process.once('disconnect', () => process.exit())
