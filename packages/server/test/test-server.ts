// A whole server for one suite: real database, real sockets, every answer checked against the contract.
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import type { Role, Scope } from '@narthex/contract'
import { readConfig } from '../src/config.ts'
import type { Database } from '../src/db/database.ts'
import { addApiKey, addMember, addWorkspace, type FirstCredentials, type OwnerCredentials } from '../src/initialise.ts'
import type { Clock } from '../src/lib/clock.ts'
import { createServer, type Server, type ServerOptions } from '../src/server.ts'
import { createClient, type Client, type OnReply } from './client.ts'
import type { TestDatabase, TestDatabaseKind } from './databases.ts'

/** 32 bytes, as every secret must have; several servers on one database share it. */
export const testSecret = 'a-secret-for-tests-that-is-long-enough'

export interface TestServer {
  readonly address: string
  readonly database: TestDatabase
  /** A second way in, for looking at rows that no endpoint shows. */
  readonly db: Database
  readonly workspaceId: string
  /** Holds every scope. */
  readonly client: Client
  /** The first owner, by its member token. */
  readonly owner: Client
  readonly ownerId: string
  /** A new member who has joined the first workspace or another one, by its member token. */
  memberWith(role: Role, options?: TestMember): Promise<TestMemberClient>
  /** A client with only these scopes, in the first workspace or another one. */
  clientWith(scopes: readonly Scope[], workspaceId?: string): Promise<Client>
  /** Another workspace, below a parent or below none, and a client with every scope in it. */
  otherWorkspace(parentId?: string): Promise<{ workspaceId: string; client: Client }>
  /** A further process's worth of server on the same database; its clock may be another one. */
  anotherNode(clock?: Clock): Promise<{ address: string; client: Client; close(): Promise<void> }>
  close(): Promise<void>
}

export interface TestMember {
  readonly workspaceId?: string
  readonly email?: string
  readonly firstname?: string
  readonly lastname?: string
}

export interface TestMemberClient {
  readonly id: string
  readonly email: string
  readonly client: Client
}

export interface TestServerOptions extends ServerOptions {
  readonly environment?: Readonly<Record<string, string>>
  /** Told of every answer to any client of this server. */
  readonly onReply?: OnReply
}

export async function startTestServer(kind: TestDatabaseKind, options: TestServerOptions = {}): Promise<TestServer> {
  const database = await kind.create()
  const dataDir = await mkdtemp(join(tmpdir(), 'narthex-data-'))
  const start = (own: ServerOptions = {}) => serverOn(database.url, dataDir, { ...options, ...own })
  const server = await start()
  const first = server.firstCredentials as OwnerCredentials
  const db = await database.open()
  const log = pino({ level: 'silent' })
  const clock = options.clock ?? { now: () => Date.now() }
  const operator = { db, clock, log, secret: testSecret, publicUrl: server.address }
  const others: (() => Promise<void>)[] = []
  return {
    address: server.address,
    database,
    db,
    workspaceId: first.workspaceId,
    client: createClient(server.address, first.apiKey, options.onReply),
    owner: createClient(server.address, first.memberToken, options.onReply),
    ownerId: first.memberId,
    async memberWith(role, { workspaceId = first.workspaceId, ...names } = {}) {
      const email = names.email ?? `${role}-${randomUUID()}@example.com`
      const member = { firstname: 'Rita', lastname: 'Reis', ...names, email, role }
      const made = (await addMember(operator, workspaceId, member)) as { memberId: string; memberToken: string }
      return { id: made.memberId, email, client: createClient(server.address, made.memberToken, options.onReply) }
    },
    async clientWith(scopes, workspaceId = first.workspaceId) {
      const key = await addApiKey(operator, workspaceId, { name: `Key ${randomUUID()}`, scopes })
      return createClient(server.address, (key as { apiKey: string }).apiKey, options.onReply)
    },
    async otherWorkspace(parentId) {
      const workspace = { name: 'Other workspace', parentId: parentId ?? null }
      const other = (await addWorkspace(operator, workspace)) as FirstCredentials
      return { workspaceId: other.workspaceId, client: createClient(server.address, other.apiKey, options.onReply) }
    },
    async anotherNode(own) {
      const node = await start(own && { clock: own })
      others.push(() => node.close())
      const client = createClient(node.address, first.apiKey, options.onReply)
      return { address: node.address, client, close: () => node.close() }
    },
    async close() {
      await Promise.all(others.map((close) => close()))
      await server.close()
      await database.drop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

function serverOn(url: string, dataDir: string, { environment, ...options }: TestServerOptions): Promise<Server> {
  const config = readConfig({
    NARTHEX_DATABASE_URL: url,
    NARTHEX_DATA_DIR: dataDir,
    NARTHEX_PORT: '0',
    NARTHEX_PUBLIC_URL: 'https://id.example.com',
    NARTHEX_SECRET: testSecret,
    NARTHEX_LOG_LEVEL: 'silent',
    NARTHEX_RATE_LIMIT: 'off',
    ...environment,
  })
  return createServer(config, { checkAnswers: true, ...options })
}
