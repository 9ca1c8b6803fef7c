// The statements of one transaction: one at a time, none after a failure, none after the end.
import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely'

export interface TransactionConnection extends DatabaseConnection {
  /** Refuses any later statement, which would run in somebody else's transaction, and waits for the one in flight. */
  end(): Promise<unknown>
  /** The first failure of a statement, unless it was undone by returning to a savepoint. */
  failure(): unknown
}

type Run = <R>(query: CompiledQuery) => QueryResult<R> | Promise<QueryResult<R>>

/** PostgreSQL refuses everything after a failed statement and SQLite nothing; here both refuse it, with the same words. */
export function transactionConnection(
  run: Run,
  { answersAtOnce = false, keepsOrder = false } = {},
): TransactionConnection {
  let ended = false
  let failure: unknown
  let last: Promise<unknown> = Promise.resolve()

  async function runNext<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (ended) throw new Error('This transaction has ended: its handle was kept, or a statement was not awaited')
    const undoes = query.sql.startsWith('rollback to ')
    if (failure !== undefined && !undoes) {
      throw new Error('A statement of this transaction failed, so it can only be abandoned', { cause: failure })
    }
    try {
      const answer = run<R>(query)
      const result = answer instanceof Promise ? await answer : answer
      if (undoes) failure = undefined
      return result
    } catch (error) {
      failure ??= error
      throw error
    }
  }

  function runInTurn<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const result = keepsOrder ? runNext<R>(query) : last.then(() => runNext<R>(query))
    last = result.catch(() => {})
    return result
  }

  return {
    // Where none is ever in flight when the next one comes, there is nothing to wait for.
    executeQuery: answersAtOnce ? runNext : runInTurn,
    streamQuery: noStreams,
    end() {
      ended = true
      return last
    },
    failure: () => failure,
  }
}

/** What the driver makes of a work that resolved although a statement had failed. */
export function refuseSwallowed(failure: unknown): void {
  if (failure === undefined) return
  throw new Error('A statement failed and the work went on as if it had not', { cause: failure })
}

// Lists are paged; a half-read stream would pin SQLite's log or keep a connection out of the pool.
export const noStreams = () => {
  throw new Error('Streaming is not supported: read page by page')
}
