import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { Interrupted } from './refusal.mjs'

/** How much of a tool's output is kept: its end, where the reason stands. */
const OUTPUT_BYTES = 256 * 1024
/** npm goes on downloading when it is asked to stop; nobody waits for that. */
const PATIENCE_MS = 2_000

/**
 * Runs a tool without a terminal and keeps the end of what it printed. Returns `{ code, output }`, where `code` is null
 * if it could not be started; throws `Interrupted` if we were told to stop meanwhile, once the tool has ended.
 */
export async function capture(command, args, { cwd, env } = {}) {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const output = tail(OUTPUT_BYTES)
  child.stdout.on('data', output.push)
  child.stderr.on('data', output.push)
  const signals = relaySignals(child, { killAfterMs: PATIENCE_MS })
  const end = await ended(child, signals)
  if (signals.seen) throw new Interrupted(signals.seen, exitCodeOf(signals.seen))
  if (end.error) return { code: null, output: `${command}: ${end.error.message}` }
  return { code: end.code, output: output.text() }
}

/** Runs a program in our place, on our terminal. Returns its exit code; throws if it cannot be started. */
export async function handOver(command, args, { cwd, env } = {}) {
  const child = spawn(command, args, { cwd, env, stdio: 'inherit' })
  const end = await ended(child, relaySignals(child))
  if (end.error) throw end.error
  return end.code
}

async function ended(child, signals) {
  try {
    return await new Promise((resolve) => {
      child.once('error', (error) => resolve({ error }))
      child.once('close', (code, signal) => resolve({ code: code ?? exitCodeOf(signal) }))
    })
  } finally {
    signals.stop()
  }
}

/**
 * Passes signals on and lets the child decide. Ctrl-C on a terminal reaches the whole foreground group, the child
 * included: passing that on again would be a second Ctrl-C, which many programs take for "now, at once".
 */
function relaySignals(child, { killAfterMs } = {}) {
  const relay = { seen: undefined, stop }
  let killer
  const listeners = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => {
    const listener = () => {
      relay.seen = signal
      if (!(signal === 'SIGINT' && process.stdin.isTTY)) child.kill(signal)
      if (killAfterMs) killer ??= setTimeout(() => child.kill('SIGKILL'), killAfterMs)
    }
    process.on(signal, listener)
    return () => process.off(signal, listener)
  })
  function stop() {
    clearTimeout(killer)
    for (const off of listeners) off()
  }
  return relay
}

function exitCodeOf(signal) {
  return 128 + (constants.signals[signal] ?? 0)
}

function tail(limit) {
  const chunks = []
  let size = 0
  return {
    push(chunk) {
      chunks.push(chunk)
      size += chunk.length
      while (size - chunks[0].length >= limit) size -= chunks.shift().length
    },
    text: () => Buffer.concat(chunks).toString('utf8'),
  }
}
