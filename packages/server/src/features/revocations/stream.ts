// Following the revocation statement: every follower of a workspace is told what is new, soon after it was committed.
import type { Logger } from 'pino'
import { EventStream } from '../../http/event-stream.ts'
import { isDueAgain, revocationStatement, type Parts, type Statement } from './service.ts'

export interface RevocationFeed {
  /** A stream that begins with the whole, or with what came after `since`. */
  follow(workspaceId: string, since: number | null): Promise<EventStream>
  close(): void
}

export interface FeedOptions extends Parts {
  readonly log: Logger
  readonly heartbeatMs: number
  /** Told for each entry how long it took from its creation until the followers were handed it. */
  readonly published: (seconds: number) => void
}

/** At most this many rounds a second and workspace: what is committed within the gap is told together. */
const gapMs = 20
/** While news of other processes cannot arrive, or the database could not be asked: how soon to look (again). */
const lookMs = 500
/** For consumers that lost the connection. */
const retryMs = 1_000

interface Follower {
  readonly stream: EventStream
  cursor: number
  /** When its last statement was made. */
  toldAt: number
  /** It was busy when something came, or there was more than one statement holds. */
  behind: boolean
}

interface Following {
  readonly followers: Set<Follower>
  /** Entries up to this number were measured. */
  measured: number
  running: boolean
  again: boolean
}

export function createRevocationFeed(options: FeedOptions): RevocationFeed {
  const { db, clock, heartbeatMs } = options
  const workspaces = new Map<string, Following>()
  const look = createRounds(options, workspaces)
  const lookEverywhere = (heartbeat = false) => {
    for (const workspaceId of workspaces.keys()) look(workspaceId, heartbeat)
  }
  const unsubscribe = db.subscribe('revocations', (workspaceId) =>
    workspaceId === null ? lookEverywhere() : look(workspaceId),
  )
  const timers = [
    setInterval(() => lookEverywhere(true), heartbeatMs),
    setInterval(() => db.listening || lookEverywhere(), lookMs),
  ]
  for (const timer of timers) timer.unref()

  return {
    async follow(workspaceId, since) {
      const stream = new EventStream(() => {
        if (follower.behind) look(workspaceId)
      })
      const follower: Follower = { stream, cursor: since ?? 0, toldAt: clock.now(), behind: false }
      // Among the followers before the first statement is made: what is committed meanwhile finds it behind.
      const following = join(workspaces, workspaceId, follower)
      try {
        const statement = await revocationStatement(options, workspaceId, since)
        if (following.measured === Infinity) following.measured = statement.cursor
        stream.sendRetry(retryMs)
        await tell(follower, statement)
        return stream
      } catch (error) {
        stream.destroy()
        throw error
      }
    },

    close() {
      unsubscribe()
      for (const timer of timers) clearInterval(timer)
      for (const { followers } of workspaces.values()) for (const { stream } of followers) stream.finish()
    },
  }
}

/** It leaves by itself when its stream closes, and the last one takes the workspace along. */
function join(workspaces: Map<string, Following>, workspaceId: string, follower: Follower): Following {
  const none = { followers: new Set<Follower>(), measured: Infinity, running: false, again: false }
  const following = workspaces.get(workspaceId) ?? none
  workspaces.set(workspaceId, following)
  following.followers.add(follower)
  follower.stream.once('close', () => {
    following.followers.delete(follower)
    if (following.followers.size === 0 && workspaces.get(workspaceId) === following) workspaces.delete(workspaceId)
  })
  return following
}

/** One round at a time a workspace; what comes meanwhile is in the next one. */
function createRounds(options: FeedOptions, workspaces: ReadonlyMap<string, Following>) {
  return function look(workspaceId: string, heartbeat = false): void {
    const following = workspaces.get(workspaceId)
    if (!following) return
    if (following.running) {
      following.again = true
      return
    }
    following.running = true
    following.again = false
    const goOn = () => {
      following.running = false
      if (following.again) look(workspaceId)
    }
    const settle = (pauseMs: number) => void setTimeout(goOn, pauseMs).unref()
    tellAll(options, workspaceId, following, heartbeat).then(
      () => settle(gapMs),
      (error: unknown) => {
        options.log.warn({ err: error }, 'followers of revocations could not be told')
        following.again = true
        settle(lookMs)
      },
    )
  }
}

/** Followers at the same place share one statement. A busy one is told when it has room again, so none is held in memory. */
async function tellAll(
  options: FeedOptions,
  workspaceId: string,
  following: Following,
  heartbeat: boolean,
): Promise<void> {
  const made = new Map<number, Promise<Statement>>()
  const statementSince = (cursor: number) => {
    const statement = made.get(cursor) ?? revocationStatement(options, workspaceId, cursor)
    made.set(cursor, statement)
    return statement
  }
  const told = [...following.followers].map(async (follower) => {
    follower.behind = !follower.stream.hungry
    if (follower.behind) return
    const statement = await statementSince(follower.cursor)
    const news = statement.entries.length > 0 || statement.since === null
    if (news || isDueAgain(follower.toldAt, options.clock.now())) await tell(follower, statement)
    // Only now is it known that there is nothing to tell: a silent database must not look like a quiet day.
    else if (heartbeat) follower.stream.sendComment('nothing new')
  })
  const failed = (await Promise.allSettled(told)).find((result) => result.status === 'rejected')
  measure(options, following, await Promise.all(failed ? [] : made.values()))
  if (failed) throw failed.reason
}

async function tell(follower: Follower, statement: Statement): Promise<void> {
  const data = await statement.sign()
  follower.cursor = statement.cursor
  follower.toldAt = statement.madeAt
  // A round may have found it busy meanwhile, and that is not to be forgotten.
  follower.behind ||= statement.more
  follower.stream.sendEvent({ event: 'revocations', id: String(statement.cursor), data })
}

/** Each entry once, however many statements it is in. Clocks of two nodes may differ by more than the way takes. */
function measure({ clock, published }: FeedOptions, following: Following, statements: readonly Statement[]): void {
  const now = clock.now()
  const entries = statements.flatMap((statement) =>
    statement.entries.filter(({ number }) => number > following.measured),
  )
  const created = new Map(entries.map(({ number, created_at }) => [number, created_at]))
  for (const createdAt of created.values()) published(Math.max(0, now - createdAt) / 1000)
  following.measured = Math.max(following.measured, ...statements.map(({ cursor }) => cursor))
}
