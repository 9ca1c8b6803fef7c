// The arithmetic of the figures.

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  if (sorted.length === 0) throw new RangeError('Nothing has no median')
  const middle = sorted.length >> 1
  const upper = /** @type {number} */ (sorted[middle])
  return sorted.length % 2 === 1 ? upper : (/** @type {number} */ (sorted[middle - 1]) + upper) / 2
}

/**
 * How far the values lie from their median, as a share of it: the median of the distances, so that one round that somebody
 * else's work disturbed does not count.
 * @param {readonly number[]} values
 */
export function spread(values) {
  const centre = median(values)
  return centre === 0 ? 0 : median(values.map((value) => Math.abs(value - centre))) / Math.abs(centre)
}

/**
 * A figure of two things measured in the same rounds: the ratio within each round, because what disturbs one half of a round
 * disturbs the other half too.
 * @param {readonly number[]} above
 * @param {readonly number[]} below
 */
export function ratios(above, below) {
  return above.map((value, round) => value / /** @type {number} */ (below[round]))
}
