// Times are written as `Date` writes them.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { iso } from './clock.ts'

/** The first and last moments that `Date` knows (ECMA-262 section 21.4.1.1). */
const furthest = 8_640_000_000_000_000

it('are written as Date writes them, whenever they are', () => {
  const edges = [0, 9, 10, 99, 100, 999, 1_000, 59_999, 86_399_999, 86_400_000, 253_402_300_800_000]
  for (const ms of [...edges, furthest]) {
    expect([iso(ms), iso(-ms)]).toEqual([new Date(ms).toISOString(), new Date(-ms).toISOString()])
  }
  fc.assert(
    fc.property(fc.integer({ min: -furthest, max: furthest }), (ms) => {
      expect(iso(ms)).toBe(new Date(ms).toISOString())
    }),
  )
})
