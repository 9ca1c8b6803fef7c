// When people were last seen. A first sight is stored before its answer; later ones gather behind theirs.
import type { Context } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { updateLastSeen } from './queries.ts'

/** Between these the stored last sight stays as it is: a busy user costs one write a minute. */
const lastSeenEveryMs = 60_000
/** What is seen within this shares a transaction, which costs more than storing one sight. A drain takes longer at least. */
const gatherMs = 20
/** Each holds the writer for some microseconds, and other writers wait for all of them. */
const togetherMax = 200

interface Sight {
  readonly workspaceId: string
  readonly id: string
  readonly at: number
}

const gathering = new WeakMap<Database, Sight[]>()

interface Seen {
  readonly id: string
  readonly last_seen_at: number | null
}

/** Whether the sight that is stored is young enough. */
export function isSeenLately({ last_seen_at: last }: Seen, now: number): boolean {
  return last !== null && now - last < lastSeenEveryMs
}

/** Notes that somebody is let in. */
export async function noteSight(ctx: Context, seen: Seen): Promise<void> {
  const sight = { workspaceId: ctx.principal.workspaceId, id: seen.id, at: ctx.clock.now() }
  if (seen.last_seen_at === null) return store(ctx.db, [sight])
  if (isSeenLately(seen, sight.at)) return
  const sights = gathering.get(ctx.db)
  if (sights && sights.length < togetherMax) sights.push(sight)
  else gather(ctx, sight)
}

function gather({ db, log }: Context, first: Sight): void {
  const sights = [first]
  gathering.set(db, sights)
  setTimeout(() => {
    if (gathering.get(db) === sights) gathering.delete(db)
    store(db, sights).catch((error: unknown) => log.warn({ err: error }, 'last sights were not recorded'))
  }, gatherMs)
}

function store(db: Database, sights: readonly Sight[]): Promise<void> {
  return db.write(async (tx) => {
    for (const { workspaceId, id, at } of sights) await updateLastSeen(tx, workspaceId, id, at)
  })
}
