// What an operator can do beside the API, on the database itself: the command line calls these.
import { pino } from 'pino'
import type { Scope } from '@narthex/contract'
import type { Config } from './config.ts'
import { verifyChain, type ChainReport } from './features/events/verify.ts'
import { rotateSigningKey, type Rotation } from './features/signing-keys/service.ts'
import { findFirstWorkspaceId, listWorkspaces } from './features/workspaces/queries.ts'
import { addApiKey, addWorkspace, initialiseIfEmpty, systemContext, type FirstCredentials, type Operator } from './initialise.ts'
import { instanceSecret } from './instance-secret.ts'
import { systemClock } from './lib/clock.ts'
import { openStore } from './server.ts'

export interface OperatorSession {
  /** Names of the migrations that were applied. */
  migrate(): Promise<string[]>
  /** null when it is initialised already. */
  initialise(workspaceName: string): Promise<FirstCredentials | null>
  /** null when the parent does not exist. */
  createWorkspace(name: string, parentId: string | null): Promise<FirstCredentials | null>
  /** null when the workspace does not exist. */
  createApiKey(workspaceId: string, key: OperatorKey): Promise<{ keyId: string; apiKey: string } | null>
  /** null before the instance is initialised. Throws `rotation_in_progress` while a new key waits to sign. */
  rotateSigningKey(force: boolean): Promise<Rotation | null>
  /** A consistent copy; the file must not exist. */
  backup(file: string): Promise<void>
  /** Checks every workspace's chain of events. */
  verify(onProgress: (workspaceId: string, events: number) => void): Promise<WorkspaceReport[]>
  close(): Promise<void>
}

export interface OperatorKey {
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly expiresAt?: string | undefined
}

export interface WorkspaceReport extends ChainReport {
  readonly workspaceId: string
}

export async function openOperator(config: Config): Promise<OperatorSession> {
  const log = pino({ level: config.logLevel }, pino.destination(2))
  const secret = await instanceSecret(config)
  const db = await openStore(config, log)
  const operator: Operator = { db, clock: systemClock, log, secret, publicUrl: config.publicUrl ?? '' }
  return {
    migrate: () => db.migrate(),
    async initialise(workspaceName) {
      await db.migrate()
      return initialiseIfEmpty(operator, workspaceName)
    },
    createWorkspace: (name, parentId) => addWorkspace(operator, { name, parentId }),
    createApiKey: (workspaceId, key) => addApiKey(operator, workspaceId, key),
    async rotateSigningKey(force) {
      const workspaceId = await findFirstWorkspaceId(db.read)
      return workspaceId ? rotateSigningKey(systemContext(operator, workspaceId), force) : null
    },
    backup: (file) => db.backup(file),
    async verify(onProgress) {
      const reports: WorkspaceReport[] = []
      for (const { id } of await listWorkspaces(db.read)) {
        const report = await verifyChain(db.read, id, (events) => onProgress(id, events))
        reports.push({ workspaceId: id, ...report })
      }
      return reports
    },
    close: () => db.close(),
  }
}
