import { execFileSync } from 'node:child_process'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Lays code out as the project that `path` lies in wants it: by Biome, with the configuration that Biome finds there. */
export function formatted(path: string, code: string): string {
  const biome = fileURLToPath(import.meta.resolve('@biomejs/biome/bin/biome'))
  return execFileSync(process.execPath, [biome, 'format', `--stdin-file-path=${path}`], {
    cwd: dirname(path),
    input: code,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'inherit'],
  })
}
