import { blobHash } from '@nacre/types'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clock, type MakeLog } from './stage.js'

export function blobs(make: MakeLog): void {
  describe('blobs', () => {
    test('same bytes, same hash; what was put is got, until it is dropped', async () => {
      await using log = await make(clock())
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 5_000 }), async (bytes) => {
          const hash = await log.blobs.put(bytes)
          expect(hash).toMatch(/^[0-9a-f]{64}$/)
          expect(await log.blobs.put(bytes.slice())).toBe(hash)
          expect(await log.blobs.get(hash)).toEqual(new Uint8Array(bytes))
          await log.blobs.drop(hash)
          expect(await log.blobs.get(hash)).toBeUndefined()
          await log.blobs.drop(hash)
        }),
        { numRuns: 40 },
      )
    })

    test('a view is stored as what it shows, and later changes do not reach it', async () => {
      await using log = await make(clock())
      const bytes = Buffer.from('..shell..').subarray(2, 7)
      const putting = log.blobs.put(bytes)
      bytes.fill(0)
      const hash = await putting
      expect(hash).toBe('ce635c4eabff5e4f56dba8fb1e39ca235530aa2b6b18533eef1af3862016c577')
      expect(Buffer.from((await log.blobs.get(hash)) ?? []).toString()).toBe('shell')
    })

    test('none that was never put; none of a foreign type; none beyond 64 MiB', async () => {
      await using log = await make(clock())
      expect(await log.blobs.get(blobHash('0'.repeat(64)))).toBeUndefined()
      await expect(log.blobs.put(new Uint8Array(64 * 1024 * 1024 + 1))).rejects.toMatchObject({
        code: 'limit_exceeded',
      })
      await expect(log.blobs.put('text' as never)).rejects.toMatchObject({ code: 'invalid_input' })
      await expect(log.blobs.get(blobHash(''))).rejects.toMatchObject({ code: 'invalid_input' })
    })
  })
}
