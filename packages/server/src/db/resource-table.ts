// The statements that every versioned table of a workspace needs alike: find, lock, share, list, count, insert, update, delete.
import type { Expression, ExpressionBuilder, Insertable, Kysely, Selectable, SqlBool, Updateable } from 'kysely'
import type { Db, Tx } from './database.ts'
import { insertMany } from './insert-many.ts'
import { insertOne } from './insert-one.ts'
import { age, following, inWorkspace, locking, sharing, type Page } from './page.ts'
import { prepared } from './prepared.ts'
import type { Schema } from './schema.ts'

export type ResourceTableName =
  | 'api_keys'
  | 'blocks'
  | 'channels'
  | 'external_user_groups'
  | 'external_users'
  | 'members'
  | 'referrals'
  | 'super_identities'
  | 'tiers'
  | 'trusted_issuers'

export type Row<T extends ResourceTableName> = Selectable<Schema[T]> & Versioned

interface Versioned {
  readonly workspace_id: string
  readonly id: string
  readonly version: number
  readonly created_at: number
}

/** The conditions of a list, and-ed. */
export type Conditions<T extends ResourceTableName> = (eb: ExpressionBuilder<Schema, T>) => Expression<SqlBool>[]

export interface ResourceTable<T extends ResourceTableName> {
  find(db: Db, workspaceId: string, id: string): Promise<Row<T> | undefined>
  /** For a write that changes or deletes the row: nobody else does until the transaction ends. */
  lock(tx: Tx, workspaceId: string, id: string): Promise<Row<T> | undefined>
  /** For a write that refers to the row: nobody deletes or locks it until the transaction ends. */
  share(tx: Tx, workspaceId: string, id: string): Promise<Row<T> | undefined>
  /** Newest first, ties by id; one row more than the page holds, to tell whether there is a next one. */
  list(db: Db, workspaceId: string, conditions: Conditions<T>, page: Page): Promise<Row<T>[]>
  count(db: Db, workspaceId: string, conditions: Conditions<T>, how?: Pick<Page, 'byText'>): Promise<number>
  /** Every column is given, so the row is what is stored. */
  insert(tx: Tx, row: Row<T> & Insertable<Schema[T]>): Promise<Row<T>>
  /** The same for many. */
  insertAll(tx: Tx, rows: readonly (Row<T> & Insertable<Schema[T]>)[]): Promise<void>
  /** Writes over exactly this version of the row and raises it by one. */
  update(tx: Tx, row: Row<T>, change: Updateable<Schema[T]>): Promise<Row<T>>
  remove(tx: Tx, row: Row<T>): Promise<void>
}

interface Key {
  readonly workspaceId: string
  readonly id: string
}

/** A builder's types cannot follow a table name that is a parameter, so inside here all tables look like this one. */
type Any = Kysely<{ tiers: Schema['tiers'] }>

export function resourceTable<T extends ResourceTableName>(name: T): ResourceTable<T> {
  const table = name as unknown as 'tiers'
  const one = ({ workspaceId, id }: Key, db: Db) =>
    (db as unknown as Any).selectFrom(table).selectAll().where('workspace_id', '=', workspaceId).where('id', '=', id)
  const find = prepared(one)
  const lock = prepared((key: Key, db) => one(key, db).$call(locking(db)))
  const share = prepared((key: Key, db) => one(key, db).$call(sharing(db)))
  const first = async (rows: Promise<unknown[]>) => (await rows)[0] as Row<T> | undefined
  const matching = (db: Db, workspace: Expression<SqlBool>, conditions: Conditions<T>) =>
    (db as unknown as Any)
      .selectFrom(table)
      .where(workspace)
      .where((eb) => eb.and(conditions(eb as never)))
  const exactly = (row: Row<T>) => ({ workspace_id: row.workspace_id, id: row.id })

  return {
    find: (db, workspaceId, id) => first(find(db, { workspaceId, id })),
    lock: (tx, workspaceId, id) => first(lock(tx, { workspaceId, id })),
    share: (tx, workspaceId, id) => first(share(tx, { workspaceId, id })),
    list: (db, workspaceId, conditions, page) =>
      matching(db, inWorkspace(page, workspaceId), conditions)
        .selectAll()
        .$if(page.after !== null, (q) => q.where(following(page, page.after as NonNullable<typeof page.after>)))
        .orderBy(age(page), 'desc')
        .orderBy('id', 'desc')
        .limit(page.size + 1)
        .$if(page.offset > 0, (q) => q.offset(page.offset))
        .execute() as Promise<Row<T>[]>,
    async count(db, workspaceId, conditions, how = {}) {
      const { count } = await matching(db, inWorkspace(how, workspaceId), conditions)
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      return count
    },
    async insert(tx, row) {
      await insertOne(tx, name, row)
      return row
    },
    insertAll: (tx, rows) => insertMany(tx, name, rows),
    update: (tx, row, change) =>
      (tx as unknown as Any)
        .updateTable(table)
        .set({ ...(change as object), version: row.version + 1 })
        .where('workspace_id', '=', row.workspace_id)
        .where('id', '=', row.id)
        .where('version', '=', row.version)
        .returningAll()
        .executeTakeFirstOrThrow() as unknown as Promise<Row<T>>,
    async remove(tx, row) {
      await (tx as unknown as Any)
        .deleteFrom(table)
        .where((eb) => eb.and(exactly(row)))
        .execute()
    },
  }
}
