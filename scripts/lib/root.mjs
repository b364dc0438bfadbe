import { fileURLToPath } from 'node:url'

/** The clone these scripts belong to, whatever the current directory is. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '')
