// Which people of a numbered world are asked for: some from all parts of it, neighbours far apart.

/** As many as are asked for in Narthex's own world. */
const count = 20_000

/** @param {number} size */
export function somePlaces(size) {
  return Array.from({ length: count }, (_, turn) => Math.floor((((turn * 7_919) % count) * size) / count))
}
