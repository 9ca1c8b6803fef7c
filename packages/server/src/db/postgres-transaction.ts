// One attempt at a PostgreSQL transaction: begin, work, notify, commit.
import type { ClientBase } from 'pg'
import type { Tx } from './database.ts'
import { DatabaseUnavailable } from './errors.ts'
import { isReadOnlyServer, isRepeatable, translatePostgresError } from './postgres-errors.ts'
import { CHANNEL, encodeNews } from './postgres-news.ts'
import { postgresHandles, type Statements } from './postgres-statements.ts'
import { refuseSwallowed, transactionConnection } from './transaction-connection.ts'
import { closeHooks, openHooks, type Hooks } from './transaction-hooks.ts'

export interface Attempt {
  client: ClientBase
  /** The connection is in an unknown state and must not be used again. */
  drop: () => void
  statements: Statements
  /** Names this process in its news, so that it does not hear them twice. */
  origin: string
}

export interface Committed<T> {
  value: T
  hooks: Hooks
}

export async function attemptTransaction<T>(attempt: Attempt, work: (tx: Tx) => Promise<T>): Promise<Committed<T>> {
  const { client, drop, statements, origin } = attempt
  await command(client, 'begin isolation level read committed read write')
  const connection = transactionConnection((query) => statements.run(client, query))
  const tx = postgresHandles.transaction(connection)
  const hooks = openHooks(tx)
  const endHandle = () => {
    closeHooks(tx)
    return connection.end()
  }
  try {
    const value = await work(tx).finally(endHandle)
    refuseSwallowed(connection.failure())
    await notify(client, hooks, origin)
    await commit(client)
    return { value, hooks }
  } catch (error) {
    const reason = decisive(connection.failure(), error)
    if (reason instanceof DatabaseUnavailable) drop()
    else await command(client, 'rollback').catch(drop)
    throw reason
  }
}

/** What the work made of a failed statement does not say whether another attempt or another moment would do. */
function decisive(failure: unknown, error: unknown): unknown {
  for (const each of [failure, error]) {
    if (isReadOnlyServer(each)) return new DatabaseUnavailable('The database takes no writes now', { cause: each })
    if (each instanceof DatabaseUnavailable || isRepeatable(each)) return each
  }
  return error
}

async function commit(client: ClientBase): Promise<void> {
  try {
    await client.query('commit')
  } catch (error) {
    const translated = translatePostgresError(error)
    if (!(translated instanceof DatabaseUnavailable)) throw translated
    throw new DatabaseUnavailable(translated.message, { cause: error, mayHaveCommitted: true })
  }
}

/** Inside the transaction: the server delivers the news with the commit, or not at all. */
async function notify(client: ClientBase, hooks: Hooks, origin: string): Promise<void> {
  const items = hooks.filter((hook) => typeof hook !== 'function').map((item) => encodeNews(origin, item))
  if (items.length === 0) return
  try {
    await client.query('select pg_notify($1, item) from unnest($2::text[]) item', [CHANNEL, items])
  } catch (error) {
    throw translatePostgresError(error)
  }
}

async function command(client: ClientBase, text: string): Promise<void> {
  try {
    await client.query(text)
  } catch (error) {
    throw translatePostgresError(error)
  }
}
