/** Stands in a statement that is kept for a value that comes with each call. */
export class StandIn {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }

  /** A text that depended on a value would be the first caller's for everybody. */
  [Symbol.toPrimitive](): never {
    throw new TypeError(`The value ${this.name} of a prepared statement is not known while it is built`)
  }
}
