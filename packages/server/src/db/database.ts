// The one way the rest of the server reaches a database. Nothing outside this folder knows which one runs.
import type { Kysely, Transaction } from 'kysely'
import type { Schema } from './schema.ts'

/** A handle that statements run on: the reading side of a database, or a transaction in progress. */
export type Db = Kysely<Schema>

/** A transaction in progress. Only valid until the `work` it was handed to has settled. */
export type Tx = Transaction<Schema>

/** Topics of news that every process on the same database hears. */
export type Topic = 'api-keys' | 'members' | 'signing-keys' | 'workspaces' | 'channels' | 'tiers' | 'revocations'

export interface Database {
  /** Committed rows only. Never use it inside `write`: it does not see the transaction's own changes. */
  readonly read: Db
  /**
   * The same for reads that may take long: nobody else waits for them, but they may wait for each other. Rejects with
   * `DatabaseOverloaded` when too many do.
   */
  readonly aside: Db
  /**
   * Runs `work` in one transaction. When the promise resolves the effect is durable (survives kill -9 and power cut);
   * when it rejects nothing of it is stored, but for a `DatabaseUnavailable` that `mayHaveCommitted`. `work` may run again after a serialisation failure, so it must have no effect
   * besides the transaction. It must await nothing but `tx`: other writers wait for it.
   */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /**
   * The same for a work of thousands of rows, beside which this process goes on. Its statements are begun with in the order
   * in which they are given, so they had better be given together. Other writers may wait for all of it, and fail after ten
   * seconds: bring more rows in several works.
   */
  writeAside<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /**
   * Calls `listener` after every committed `publish` on `topic`, by this process or another one (within a second).
   * `payload` is null when news may have been missed: forget everything derived from the topic.
   */
  subscribe(topic: Topic, listener: (payload: string | null) => void): () => void
  /** False while news of other processes cannot arrive; caches must then not be believed. */
  readonly listening: boolean
  /** More waits for it than it takes up next: whatever has not begun had better wait elsewhere. */
  readonly busy: boolean
  /** Brings the schema up to this version, under a lock that other starting processes wait for. Returns the names applied. */
  migrate(): Promise<string[]>
  /**
   * Call it when very many rows have come: brings what plans are made by up to them, which the database's own upkeep may do
   * minutes later. Nobody waits for it, but it may take long.
   */
  settle(): Promise<void>
  /** Resolves when a trivial statement succeeds; rejects with `DatabaseUnavailable` otherwise. */
  ping(): Promise<void>
  /** Writes a consistent copy of everything to a file that must not exist, while others read and write. */
  backup(file: string): Promise<void>
  /** Gauges for /metrics. */
  stats(): DatabaseStats
  close(): Promise<void>
}

/** `wasPrepared`: by an earlier statement of the same text. */
export type OnStatement = (text: string, wasPrepared: boolean) => void

export interface DatabaseStats {
  /** Writes waiting for their turn or for a connection. */
  readonly writesWaiting: number
  readonly transactions: number
  readonly commits: number
}
