// The statements of a page of external users. Each gives one row with all of the page: reading a value of every account costs more
// than finding the account.
import { sql, type RawBuilder } from 'kysely'
import type { Db } from '../../db/database.ts'
import { concatenated, inBytes } from '../../db/json-text.ts'
import { age, following, inWorkspace, type Page, type Place } from '../../db/page.ts'
import { preparedByShape } from '../../db/prepared.ts'
import type { Row } from '../../db/resource-table.ts'
import { accountText, textColumns } from './account-text.ts'
import { blockedItself, blockedNow, blocksAny, reachColumns } from './blocked.ts'
import { externalUsersMatching, type ExternalUserFilter } from './filter.ts'

type Column = keyof Row<'external_users'>

export interface Listing {
  readonly filter: ExternalUserFilter
  readonly page: Page
}

interface Asked {
  readonly filter: ExternalUserFilter
  readonly page: Omit<Page, 'offset'> & { readonly offset: number | undefined }
}

/** Newest first, ties by id. Blocks are looked for on the rows of the page, not on those that a database sorts to find it. */
function rows({ filter, page }: Asked, now: number, db: Db, columns: readonly Column[]) {
  return db
    .selectFrom('external_users')
    .select(columns)
    .where(inWorkspace(page, filter.workspaceId))
    .where((eb) => eb.and(externalUsersMatching(db, filter, now)(eb)))
    .$if(page.after !== null, (q) => q.where(following(page, page.after as Place)))
    .orderBy(age(page), 'desc')
    .orderBy('id', 'desc')
    .limit(page.size)
    .$if(page.offset !== undefined, (q) => q.offset(page.offset as number))
    .as('u')
}

/** Most versions are the first, and are left out: a third of the time that it takes to tell the line of an account. */
function lines(blocked: RawBuilder<unknown>) {
  return sql<string | null>`string_agg(case when ${blocked} then u.id || '!' || u.version
    when u.version = 1 then u.id else u.id || ' ' || u.version end, ',')`
}

function listedLines(asked: Asked, now: number, db: Db) {
  const { workspaceId } = asked.filter
  const of = (columns: readonly Column[], blocked: RawBuilder<unknown>) =>
    db.selectFrom(rows(asked, now, db, columns)).select(lines(blocked).as('lines'))
  const whereAnyMay = of([...reachColumns, 'id', 'version'], blockedNow(workspaceId, now))
  const itself = of(['id', 'version'], blockedItself(workspaceId, now))
  return sql<{ lines: string | null }>`select case
    when ${blocksAny(workspaceId, 'person')} or ${blocksAny(workspaceId, 'identifier')} then (${whereAnyMay})
    else (${itself}) end as lines`
}

interface WholePage {
  /** Null unless asked for. */
  readonly lines: string | null
  readonly found: number
  /** The accounts as a list in JSON. */
  readonly json: Uint8Array
}

function listedWhole(asked: Asked & { readonly withLines: boolean }, now: number, db: Db) {
  const blocked = blockedNow(asked.filter.workspaceId, now)
  const accounts = sql`string_agg(${accountText(db, blocked)}, ',')`
  return db
    .selectFrom(rows(asked, now, db, [...reachColumns, ...textColumns, 'id', 'version']))
    .select([
      inBytes(db, concatenated(['[', accounts, ']'])).as('json'),
      sql<number>`count(*)`.as('found'),
      (asked.withLines ? lines(blocked) : sql<null>`null`).as('lines'),
    ])
}

const preparedLines = preparedByShape(listedLines)
const preparedWhole = preparedByShape(listedWhole)

/** One more than the page holds, to tell whether there is a next one. */
function askedFor({ filter, page }: Listing): Asked {
  return { filter, page: { ...page, size: page.size + 1, offset: page.offset > 0 ? page.offset : undefined } }
}

/** For each account its id, its version but the first, and `!` if a block reaches it: all that a page shows depends on these alone. */
export type Lines = (db: Db, now: number) => Promise<string>

/** How the lines of a listing are told, again and again. */
export function linesOf(listing: Listing): Lines {
  const ask = preparedLines(askedFor(listing))
  return async (db, now) => (await ask(db, now))[0]?.lines ?? ''
}

/** The accounts themselves; with these lines only for who keeps them, since telling them takes an eighth of it. */
export async function listWhole(db: Db, listing: Listing, now: number, withLines: boolean): Promise<WholePage> {
  const [found] = await preparedWhole({ ...askedFor(listing), withLines })(db, now)
  return found as WholePage
}
