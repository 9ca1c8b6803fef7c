// What an id of this service looks like.

const pattern = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

/** What is no UUID names nobody; it may hold what a database refuses even to compare. */
export function isUuid(text: string): boolean {
  return pattern.test(text)
}
