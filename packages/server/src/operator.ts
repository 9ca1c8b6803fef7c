// What an operator can do beside the API, on the database itself: the command line calls these.
import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { errorCodes, type Scope } from '@narthex/contract'
import { pino } from 'pino'
import { addressIn, type Config } from './config.ts'
import type { Database } from './db/database.ts'
import type { DemoOptions, DemoReport } from './features/demo/load.ts'
import { countUnsealedEvents } from './features/events/queries.ts'
import { sealAll } from './features/events/sealer.ts'
import { verifyChain, type ChainReport } from './features/events/verify.ts'
import { rotateSigningKey, type Rotation } from './features/signing-keys/service.ts'
import { findFirstWorkspaceId, findWorkspace, listWorkspaces } from './features/workspaces/queries.ts'
import { issueTokenByOperator } from './features/members/by-operator.ts'
import type { NewMember } from './features/members/service.ts'
import {
  addApiKey,
  addMember,
  addWorkspace,
  initialiseIfEmpty,
  isSetUp,
  systemContext,
  type FirstCredentials,
  type FirstWorkspace,
  type MemberCredentials,
  type Operator,
  type OwnerCredentials,
} from './initialise.ts'
import { instanceSecret } from './instance-secret.ts'
import { ApiError } from './lib/api-error.ts'
import { systemClock } from './lib/clock.ts'
import { Refused } from './lib/refused.ts'
import { openStore } from './server.ts'

/** Every method throws `Refused` with one line for a person when it cannot do what was asked. */
export interface OperatorSession {
  /** Names of the migrations that were applied. */
  migrate(): Promise<string[]>
  initialise(first: FirstWorkspace): Promise<OwnerCredentials & { readonly consoleUrl: string }>
  createWorkspace(name: string, parentId: string | null): Promise<FirstCredentials>
  createApiKey(workspaceId: string, key: OperatorKey): Promise<{ keyId: string; apiKey: string }>
  /** A member who has joined, with a personal access token. */
  createMember(workspaceId: string, member: NewMember): Promise<MemberCredentials>
  /** A new token for a member, who joins by it if it has not; `reset` takes away what it signed in with before. */
  createMemberToken(workspaceId: string, member: { email: string; reset: boolean }): Promise<MemberCredentials>
  /** Publishes a new signing key, which signs ten minutes later or, with `force`, at once. */
  rotateSigningKey(force: boolean): Promise<Rotation>
  /** A consistent copy; the file must not exist. Says how many bytes it has. */
  backup(file: string): Promise<number>
  /** Checks every workspace's chain of events. */
  verify(onProgress: (workspaceId: string, events: number) => void): Promise<WorkspaceReport[]>
  /** Fills a workspace, the first one unless told otherwise, and initialises an empty database before. */
  demo(options: WorldOptions): Promise<WorldReport>
  close(): Promise<void>
}

export interface OperatorKey {
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly expiresAt?: string | undefined
}

export interface WorkspaceReport extends ChainReport {
  readonly workspaceId: string
  /** Events that no sealer has given their place yet: they are not checked. */
  readonly unsealed: number
}

export interface WorldOptions extends DemoOptions {
  readonly workspaceId: string | null
  /** Told when this call initialised the database, before anything else can go wrong. */
  readonly onFirstCredentials: (credentials: OwnerCredentials) => void
  readonly onSealing: (waiting: number) => void
}

export interface WorldReport extends DemoReport {
  readonly workspaceId: string
}

/** `mayCreate`: the database need not exist yet. */
export async function openOperator(config: Config, { mayCreate = false } = {}): Promise<OperatorSession> {
  if (!mayCreate) requireFile(config)
  // A command answers by what it returns or throws, so its log would only repeat it.
  const log = pino({ level: 'silent' })
  const db = await openStore(config, log)
  const operator = async (): Promise<Operator> => {
    const secret = await instanceSecret(config, await isSetUp(db))
    return { db, clock: systemClock, log, secret, publicUrl: config.publicUrl ?? '' }
  }
  const ready = async () => {
    if (!(await isSetUp(db))) throw notSetUp(config)
    await db.migrate()
    return operator()
  }
  return {
    migrate: () => db.migrate(),
    async initialise(first) {
      await db.migrate()
      const all = await operator()
      const made = await refusing(() => initialiseIfEmpty(all, first))
      return made ? { ...made, consoleUrl: `${addressIn(config)}/console` } : refuseSecond(db)
    },
    async createWorkspace(name, parentId) {
      return (await addWorkspace(await ready(), { name, parentId })) ?? refuseUnknown(parentId)
    },
    async createApiKey(workspaceId, key) {
      return (await addApiKey(await ready(), workspaceId, key)) ?? refuseUnknown(workspaceId)
    },
    async createMember(workspaceId, member) {
      const set = await ready()
      return (await refusing(() => addMember(set, workspaceId, member))) ?? refuseUnknown(workspaceId)
    },
    createMemberToken: async (workspaceId, member) => issueToken(await ready(), workspaceId, member),
    rotateSigningKey: async (force) => rotate(db, await ready(), force),
    async backup(file) {
      if (!(await isSetUp(db))) throw notSetUp(config)
      return backup(db, resolve(file))
    },
    async verify(onProgress) {
      if (!(await isSetUp(db))) throw notSetUp(config)
      return verifyAll(db, onProgress)
    },
    async demo(options) {
      await db.migrate()
      return demo(await operator(), options)
    },
    close: () => db.close(),
  }
}

async function rotate(db: Database, operator: Operator, force: boolean): Promise<Rotation> {
  const workspaceId = (await findFirstWorkspaceId(db.read)) as string
  return refusing(() => rotateSigningKey(systemContext(operator, workspaceId), force))
}

async function issueToken(operator: Operator, workspaceId: string, member: { email: string; reset: boolean }) {
  if (!(await findWorkspace(operator.db.read, workspaceId))) refuseUnknown(workspaceId)
  const { row, secret } = await refusing(() => issueTokenByOperator(systemContext(operator, workspaceId), member))
  return { memberId: row.member_id, memberToken: secret }
}

/** What the API would refuse, in a line for a person. */
async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const [issue] = error.details.issues ?? []
    throw new Refused(issue ? `${issue.path} ${issue.message}` : (error.details.message ?? errorCodes[error.code][1]))
  }
}

function requireFile(config: Config): void {
  const { databaseUrl } = config
  if (databaseUrl.startsWith('sqlite:') && !existsSync(databaseUrl.slice('sqlite:'.length))) throw notSetUp(config)
}

/** The address of a PostgreSQL may hold a password, so it is not repeated. */
function notSetUp({ databaseUrl }: Config): Refused {
  const where = databaseUrl.startsWith('sqlite:')
    ? `There is no Narthex in ${databaseUrl.slice('sqlite:'.length)}`
    : 'There is no Narthex in the database'
  return new Refused(`${where} yet: \`narthex init\` or \`narthex serve\` sets it up`)
}

async function refuseSecond(db: Database): Promise<never> {
  const id = await findFirstWorkspaceId(db.read)
  throw new Refused(
    `The database is set up already, its first workspace is ${id}: \`narthex key create --workspace ${id}\` makes another key`,
  )
}

function refuseUnknown(workspaceId: string | null): never {
  throw new Refused(`There is no workspace ${workspaceId}`)
}

async function backup(db: Database, file: string): Promise<number> {
  try {
    await db.backup(file)
    return statSync(file).size
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'EEXIST') throw new Refused(`${file} exists already: a backup never replaces a file`)
    if (code === 'ENOENT') throw new Refused(`The folder of ${file} does not exist`)
    throw error
  }
}

async function verifyAll(db: Database, onProgress: (workspaceId: string, events: number) => void) {
  const reports: WorkspaceReport[] = []
  for (const { id } of await listWorkspaces(db.read)) {
    const report = await verifyChain(db.read, id, (events) => onProgress(id, events))
    reports.push({ workspaceId: id, ...report, unsealed: await countUnsealedEvents(db.read, id) })
  }
  return reports
}

async function demo(operator: Operator, options: WorldOptions): Promise<WorldReport> {
  const { db, clock } = operator
  const first = await initialiseIfEmpty(operator)
  if (first) options.onFirstCredentials(first)
  const workspaceId = options.workspaceId ?? ((await findFirstWorkspaceId(db.read)) as string)
  if (!(await findWorkspace(db.read, workspaceId))) refuseUnknown(workspaceId)
  const { loadDemo } = await import('./features/demo/load.ts')
  const report = await loadDemo(systemContext(operator, workspaceId), options)
  // A serving process does this as it comes; without one nobody would until the next start.
  await sealAll(db, clock, options.onSealing)
  await db.settle()
  return { workspaceId, ...report }
}
