import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import type { ServerFrame } from '@nacre/types'

export type Where = { readonly path: string } | { readonly host: string; readonly port: number }
export type Header = readonly [name: string, value: string]

/** A socket spoken to byte by byte: nothing between the test and the gateway corrects anything. */
export async function rawSocket(where: Where) {
  const socket = connect('path' in where ? { path: where.path } : { host: where.host, port: where.port })
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  return { socket, ...createReader(socket) }
}

export const UPGRADE: readonly Header[] = [
  ['Connection', 'Upgrade'],
  ['Upgrade', 'websocket'],
  ['Sec-WebSocket-Version', '13'],
  ['Sec-WebSocket-Key', randomBytes(16).toString('base64')],
]

export async function request(where: Where, headers: readonly Header[], target = '/ws', method = 'GET') {
  const raw = await rawSocket(where)
  raw.socket.write(
    `${method} ${target} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
  )
  const head = (await raw.until('\r\n\r\n')) ?? ''
  return { ...raw, head, status: Number(head.split(' ')[1] ?? 0) }
}

type FrameOptions = { opcode?: number; fin?: boolean; rsv?: number; masked?: boolean }

/** One WebSocket frame as a client writes it, or as it must not. */
export function wsFrame(
  payload: string | Uint8Array,
  { opcode = 1, fin = true, rsv = 0, masked = true }: FrameOptions = {},
): Buffer {
  const body = Buffer.from(payload)
  const mask = masked ? randomBytes(4) : Buffer.alloc(0)
  const size = body.length < 126 ? 2 : body.length < 65_536 ? 4 : 10
  const head = Buffer.alloc(size)
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode
  head[1] = (masked ? 0x80 : 0) | (size === 2 ? body.length : size === 4 ? 126 : 127)
  if (size === 4) head.writeUInt16BE(body.length, 2)
  if (size === 10) head.writeBigUInt64BE(BigInt(body.length), 2)
  const coded = masked ? body.map((byte, index) => byte ^ (mask[index % 4] ?? 0)) : body
  return Buffer.concat([head, mask, coded])
}

function createReader(socket: Socket) {
  let bytes = Buffer.alloc(0)
  let ended = false
  let wake: (() => void) | undefined
  const stir = () => {
    wake?.()
    wake = undefined
  }
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk])
    stir()
  })
  socket.on('error', () => undefined)
  const closed = new Promise<void>((resolve) =>
    socket.on('close', () => {
      ended = true
      stir()
      resolve()
    }),
  )
  const take = async (enough: () => number | undefined): Promise<Buffer | undefined> => {
    for (;;) {
      const size = enough()
      if (size !== undefined) {
        const taken = bytes.subarray(0, size)
        bytes = bytes.subarray(size)
        return taken
      }
      if (ended) return undefined
      await new Promise<void>((resolve) => (wake = resolve))
    }
  }

  return {
    closed,
    async until(mark: string): Promise<string | undefined> {
      const found = await take(() => (bytes.includes(mark) ? bytes.indexOf(mark) + mark.length : undefined))
      return found?.toString()
    },
    /** The next text frame of the gateway; nothing when it closes. */
    async frame(): Promise<ServerFrame | undefined> {
      const size = () => {
        if (bytes.length < 4) return undefined
        const short = bytes[1] as number
        const [head, length] =
          short < 126
            ? [2, short]
            : short === 126
              ? [4, bytes.readUInt16BE(2)]
              : [10, bytes.length < 10 ? Infinity : Number(bytes.readBigUInt64BE(2))]
        return bytes.length < head + length ? undefined : head + length
      }
      const frame = await take(size)
      if (frame === undefined || ((frame[0] as number) & 0x0f) !== 1) return undefined
      const short = frame[1] as number
      return JSON.parse(frame.subarray(short < 126 ? 2 : short === 126 ? 4 : 10).toString()) as ServerFrame
    },
  }
}
