// What a transaction wants done once it is committed, and running code written for a whole database inside one transaction.
import { sql } from 'kysely'
import type { Database, Topic, Tx } from './database.ts'
import type { News, NewsItem } from './news.ts'

/** In the order they were asked for. */
export type Hooks = (NewsItem | (() => void))[]

const pending = new WeakMap<Tx, Hooks>()

/** Tells every process on this database about a change, once it is committed. Keep the payload short: an id. */
export function publish(tx: Tx, topic: Topic, payload: string): void {
  hooksOf(tx).push({ topic, payload })
}

/** Calls `effect` in this process after the commit and before `write` resolves. What it throws is only logged. */
export function afterCommit(tx: Tx, effect: () => void): void {
  hooksOf(tx).push(effect)
}

function hooksOf(tx: Tx): Hooks {
  const hooks = pending.get(tx)
  if (!hooks) throw new Error('Not a transaction in progress: hooks belong to the handle that write gave its work')
  return hooks
}

/** For the drivers: from here on hooks can be added to `tx`. */
export function openHooks(tx: Tx): Hooks {
  const hooks: Hooks = []
  pending.set(tx, hooks)
  return hooks
}

/** For the drivers: from here on adding a hook to `tx` is a fault. */
export function closeHooks(tx: Tx): void {
  pending.delete(tx)
}

/** For the drivers, right after the commit. */
export function runHooks(hooks: Hooks, news: News, onError: (error: unknown) => void): void {
  for (const hook of hooks) {
    try {
      if (typeof hook === 'function') hook()
      else news.tell(hook)
    } catch (error) {
      onError(error)
    }
  }
}

/**
 * Runs `work` so that its failure undoes only what it did itself, hooks included, and the transaction can go on. Without
 * it a transaction in which a statement failed can only be abandoned.
 */
export async function savepoint<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
  const hooks = hooksOf(tx)
  const before = hooks.length
  await sql`savepoint nested`.execute(tx)
  try {
    const result = await work()
    await sql`release savepoint nested`.execute(tx)
    return result
  } catch (error) {
    hooks.length = before
    await sql`rollback to savepoint nested`.execute(tx)
    await sql`release savepoint nested`.execute(tx)
    throw error
  }
}

/** `database` as seen from inside `tx`: a write joins the transaction instead of opening one, and reads see its changes. */
export function within(database: Database, tx: Tx): Database {
  const refuse = (what: string) => () => Promise.reject(new Error(`${what} is not possible inside a transaction`))
  return {
    read: tx,
    aside: tx,
    write: (work) => work(tx),
    writeAside: (work) => work(tx),
    subscribe: (topic, listener) => database.subscribe(topic, listener),
    // As they are now: nobody asks inside a transaction, and getters of its own would keep each one in memory for long.
    listening: database.listening,
    busy: database.busy,
    migrate: refuse('migrate'),
    settle: refuse('settle'),
    ping: () => database.ping(),
    backup: refuse('backup'),
    stats: () => database.stats(),
    close: refuse('close'),
  }
}
