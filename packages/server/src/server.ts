// A whole server from its configuration: secret → database → keys → application. It closes what it opened.
import type { AddressInfo } from 'node:net'
import { mkdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino, type Logger } from 'pino'
import { createApp, type App } from './app.ts'
import type { Config } from './config.ts'
import type { Instance } from './context.ts'
import type { Database } from './db/database.ts'
import { DatabaseUnavailable } from './db/errors.ts'
import { openDatabase } from './db/open.ts'
import type { DatabaseOptions } from './db/options.ts'
import { externalUserOf } from './features/access-tokens/verify.ts'
import { createKeyRing } from './features/api-keys/key-ring.ts'
import { forgetAllShown } from './features/external-users/shown-pages.ts'
import { createMemberRing } from './features/members/member-ring.ts'
import { credentialsByKind } from './http/credential-ring.ts'
import { startSealer } from './features/events/sealer.ts'
import { createSessionRing } from './features/sign-in/session-ring.ts'
import { openKeySet } from './features/signing-keys/key-set.ts'
import { createIssuerKeys } from './features/trusted-issuers/issuer-keys.ts'
import { Cursors } from './http/cursor.ts'
import { listen } from './http/listen.ts'
import { limits, RateLimits, type Limits } from './http/limits.ts'
import { initialiseIfEmpty, isSetUp, type OwnerCredentials } from './initialise.ts'
import { instanceSecret, requireSecretSetting } from './instance-secret.ts'
import { startChores } from './chores.ts'
import { systemClock, type Clock } from './lib/clock.ts'
import { deriveKey } from './lib/encryption.ts'
import { createOutgoing, type Resolve } from './lib/outgoing.ts'
import { Refused } from './lib/refused.ts'

/** The start of a database server beside this one takes a few seconds; each try may add five of its own. */
const databaseWaitMs = 10_000

export interface ServerOptions {
  readonly clock?: Clock
  readonly log?: Logger
  /** Told at once when this start initialised the database, because what follows may still fail. */
  readonly onFirstCredentials?: (credentials: OwnerCredentials) => void
  /** For tests: every answer is checked against the contract. */
  readonly checkAnswers?: boolean
  /** For tests: other bounds than the published ones. */
  readonly limits?: Partial<Limits>
  /** For tests: how the database is opened. */
  readonly database?: DatabaseOptions
  /** For tests: the name server of outgoing requests. */
  readonly resolve?: Resolve
}

export interface Server {
  /** `http://HOST:PORT`, with the port that was free when 0 was asked for. */
  readonly address: string
  /** Set when this start initialised the database. Shown once and stored nowhere. */
  readonly firstCredentials: OwnerCredentials | null
  /** Lets running requests end, at most `drainTimeoutMs`, then releases everything. */
  close(): Promise<void>
}

/** Migrates, initialises an empty database, and listens. */
export async function createServer(config: Config, options: ServerOptions = {}): Promise<Server> {
  const log = options.log ?? pino({ level: config.logLevel })
  const clock = options.clock ?? systemClock
  requireSecretSetting(config)
  const db = await openStore(config, log, options.database)
  forgetOnReconnection(db)
  try {
    await db.migrate()
    const secret = await instanceSecret(config, await isSetUp(db))
    const firstCredentials = await initialiseIfEmpty({ db, clock, log, secret, publicUrl: config.publicUrl ?? '' })
    if (firstCredentials) options.onFirstCredentials?.(firstCredentials)
    const { checkAnswers = false, resolve, limits: bounds = {} } = options
    const parts = { db, clock, log, secret, checkAnswers, resolve, limits: bounds }
    return { firstCredentials, ...(await serve(config, parts)) }
  } catch (error) {
    await db.close()
    throw error
  }
}

/**
 * Opens the configured database and makes the folder it lives in. A database server that is only just starting is waited
 * for; after that it is `Refused`, so that whoever started this process hears of it.
 */
export async function openStore(config: Config, log: Logger, options: DatabaseOptions = {}): Promise<Database> {
  if (config.databaseUrl.startsWith('sqlite:')) await mkdir(config.dataDir, { recursive: true, mode: 0o700 })
  const onError = (error: unknown) => log.warn({ err: error }, 'database')
  const db = await openDatabase(config.databaseUrl, { onError, ...options })
  const end = performance.now() + databaseWaitMs
  for (;;) {
    const failure = await db.ping().catch((error: unknown) => error)
    if (failure === undefined) return db
    if (failure instanceof DatabaseUnavailable && performance.now() < end) await sleep(250)
    else {
      await db.close()
      throw failure instanceof DatabaseUnavailable ? new Refused(failure.message) : failure
    }
  }
}

interface Parts {
  readonly db: Database
  readonly clock: Clock
  readonly log: Logger
  readonly secret: string
  readonly checkAnswers: boolean
  readonly limits: Partial<Limits>
  readonly resolve: Resolve | undefined
}

/** News of no workspace: the connection was lost, and what answers now may be a replica that lags or a copy. */
function forgetOnReconnection(db: Database): void {
  db.subscribe('revocations', (workspaceId) => {
    if (workspaceId === null) forgetAllShown()
  })
}

async function serve(config: Config, parts: Parts): Promise<Omit<Server, 'firstCredentials'>> {
  const { db, clock, log, secret, resolve } = parts
  const keySet = await openKeySet({ db, clock, log, secret })
  const sealer = startSealer({ db, clock, log })
  const chores = startChores({ db, clock, log, secret, publicUrl: config.publicUrl ?? '' })
  const outgoing = createOutgoing({ allow: config.outgoingAllow, ...(resolve && { resolve }) })
  // With port 0 the public address is known only once it listens, which is before the first request.
  const instance: { -readonly [K in keyof Instance]: Instance[K] } = {
    publicUrl: config.publicUrl ?? '',
    secret,
    signer: keySet,
    publicKey: (kid) => keySet.publicKey(kid),
    fingerprintKey: deriveKey(secret, 'fingerprints'),
    outgoing,
    issuerKeys: createIssuerKeys({ outgoing, clock, log }),
    wakeSealer: sealer.wake,
  }
  const app = createApp({
    ...parts,
    instance,
    credentials: credentialsOf(parts),
    externalUser: (token) => externalUserOf({ db, clock, instance }, token),
    rates: new RateLimits(config.rateLimit),
    cursors: new Cursors(deriveKey(secret, 'cursors')),
    publishedKeys: () => keySet.published(),
    oidc: config.oidc,
  })
  let closeOthers = async () => {}
  const stop = async () => {
    await drained(app, closeOthers)
    await chores.stop()
    await sealer.stop()
    await outgoing.close()
    keySet.close()
    await db.close()
  }
  try {
    closeOthers = await listen(app.http, config)
  } catch (error) {
    await stop()
    throw cannotListen(config, error as NodeJS.ErrnoException)
  }
  const address = addressOf(app, config)
  instance.publicUrl ||= address
  let closing: Promise<void> | null = null
  return { address, close: () => (closing ??= stop()) }
}

function credentialsOf({ db, clock, log }: Parts) {
  return credentialsByKind({
    nxk: createKeyRing({ db, clock, log }),
    nxm: createMemberRing({ db, clock, log }),
    nxs: createSessionRing({ db, clock, log }),
  })
}

function cannotListen({ host, port }: Config, error: NodeJS.ErrnoException): Error {
  const reasons: Record<string, string> = {
    EADDRINUSE: `port ${port} of ${host} is in use: stop what uses it, or set NARTHEX_PORT`,
    EACCES: `port ${port} is not open to this user: set NARTHEX_PORT`,
    EADDRNOTAVAIL: `${host} is not an address of this machine: set NARTHEX_HOST`,
    ENOTFOUND: `${host} is not an address of this machine: set NARTHEX_HOST`,
  }
  const reason = reasons[error.code ?? '']
  return reason ? new Refused(`Cannot listen: ${reason}`) : error
}

function addressOf(app: App, { host }: Config): string {
  const { port } = app.http.server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/**
 * Requests that never end do not hold the process: after the timeout their sockets are closed. Nor do sockets that were
 * opened ahead, as browsers do, and never asked for anything.
 */
async function drained(app: App, closeOthers: () => Promise<void>): Promise<void> {
  await app.drain()
  const closeAll = () => app.http.server.closeAllConnections()
  const timers = [
    setTimeout(closeAll, limits.drainTimeoutMs),
    setInterval(() => app.running() > 0 || closeAll(), 1_000),
  ]
  await Promise.all([app.http.close(), closeOthers()])
  for (const timer of timers) clearTimeout(timer)
}
