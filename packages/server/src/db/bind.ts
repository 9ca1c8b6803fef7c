// What may be bound to a statement, alike for every driver.

export type Bound = string | number | bigint | Uint8Array | null

/**
 * Drivers differ in what they make of other values, and some of it is silent: SQLite's take a leading object for named
 * parameters and store NULL, and turn NaN into NULL; PostgreSQL's turns a Date into local time and an array into its own
 * literal. So everything that has not one meaning in both is refused here.
 */
export function bind(value: unknown): Bound {
  if (typeof value === 'string' || value === null || typeof value === 'bigint') return value
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`Cannot bind ${value} to a statement`)
    return value
  }
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value instanceof Uint8Array) return value
  const kind =
    value instanceof Date ? 'a Date: pass milliseconds' : value === undefined ? 'undefined: pass null' : typeof value
  throw new TypeError(`Cannot bind ${kind} to a statement`)
}
