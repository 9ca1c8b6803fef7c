// What a database can be opened with, whichever it is.
import type { OnStatement } from './database.ts'
import type { Migrations } from './migrate.ts'
import type { WriterLimits } from './sqlite-writer.ts'

export interface DatabaseOptions {
  /** Told of failures that no caller sees: a listener that threw, a lost connection in the background. */
  onError?: ((error: unknown) => void) | undefined
  /** PostgreSQL: connections at most, beside one for news. */
  poolSize?: number | undefined
  migrations?: Migrations | undefined
  /** For tests: told of every statement, and whether it was prepared by an earlier one of the same text. */
  onStatement?: OnStatement | undefined
  /** SQLite, for tests: other bounds of the commit group. */
  limits?: Partial<WriterLimits> | undefined
  /** SQLite, for tests: runs before each commit, and fails it by throwing. */
  beforeCommit?: (() => void) | undefined
}
