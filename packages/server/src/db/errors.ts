// What can go wrong with a database in words that name none. Everything else a driver throws is a fault and passes through.

/** A row with the same unique value exists. The message names columns and never a value, so it may be logged. */
export class UniqueViolation extends Error {
  override readonly name = 'UniqueViolation'
  /** The clashing columns in the order of the key; for an index on an expression the name of that index. */
  readonly columns: readonly string[]
  readonly table: string

  constructor(table: string, columns: readonly string[]) {
    super(`Duplicate value for ${table} (${columns.join(', ')})`)
    this.table = table
    this.columns = columns
  }
}

/** A row refers to one that does not exist, or one that is referred to was removed. */
export class ForeignKeyViolation extends Error {
  override readonly name = 'ForeignKeyViolation'

  constructor() {
    super('A row that is referred to does not exist, or is still referred to')
  }
}

/** The database cannot be reached, is busy with somebody else's write, or cannot store. Trying again later may help. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable'
  /**
   * True when the connection broke while a commit was on its way: whether the transaction is stored is unknown then.
   * In all other cases nothing of it is.
   */
  readonly mayHaveCommitted: boolean

  constructor(message: string, options: ErrorOptions & { mayHaveCommitted?: boolean } = {}) {
    super(message, options)
    this.mayHaveCommitted = options.mayHaveCommitted ?? false
  }
}

/** More is waiting for the database than it can work off soon. Refused at once, so that the queue stays bounded. */
export class DatabaseOverloaded extends Error {
  override readonly name = 'DatabaseOverloaded'

  constructor(waiting: number) {
    super(`The database has ${waiting} requests waiting and takes no more`)
  }
}
