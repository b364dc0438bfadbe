import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { lowerDecorators } from './scripts/lib/lower-decorators.mjs'

export default defineConfig({
  plugins: [lowerDecorators()],
  test: {
    include: ['packages/*/test/**/*.test.ts', 'examples/*/test/**/*.test.ts'],
    // Real processes, so that a test that kills, chdirs or aborts natively takes nothing else down.
    pool: 'forks',
    maxWorkers: Math.max(2, availableParallelism()),
    testTimeout: 30_000,
    hookTimeout: 30_000,
    retry: 0,
    // scripts/test.mjs judges an empty run, after the examples.
    passWithNoTests: true,
    reporters: ['default', './scripts/lib/tally-reporter.mjs'],
  },
})
