import assert from 'node:assert/strict'
import { test } from 'node:test'
import { median, ratios, spread } from './statistics.js'

test('the median is the middle, or halfway between the two in the middle', () => {
  assert.equal(median([9, 1, 5]), 5)
  assert.equal(median([4, 1, 3, 2]), 2.5)
  assert.equal(median([10, 9, 100]), 10)
  assert.throws(() => median([]), RangeError)
})

test('one disturbed round does not widen the spread', () => {
  assert.equal(spread([10, 10, 11, 9, 1000]), 0.1)
  assert.equal(spread([5, 5, 5]), 0)
  assert.equal(spread([0, 0]), 0)
})

test('a ratio is taken within each round', () => {
  assert.deepEqual(ratios([10, 30], [5, 10]), [2, 3])
})
