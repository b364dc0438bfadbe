/**
 * Does one phase of the bootstrap and prints what it took: `install 8.2 s`. `work` may return a note that is printed
 * behind the seconds, and its result is passed on as `{ note, ...result }`.
 */
export async function phase(name, work) {
  const started = performance.now()
  const live = process.stdout.isTTY
  if (live) process.stdout.write(`${name} …`)
  try {
    const result = await work()
    print(`${name} ${seconds(started)}${result?.note ? ` (${result.note})` : ''}`)
    return result
  } catch (error) {
    print(`${name} failed after ${seconds(started)}`)
    throw error
  }

  function print(line) {
    process.stdout.write(`${live ? '\r\u001b[K' : ''}${line}\n`)
  }
}

export function seconds(started) {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`
}
