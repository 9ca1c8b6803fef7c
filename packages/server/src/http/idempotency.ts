// Idempotency-Key: one effect and one answer for however many tries of the same request.
import type { Insertable } from 'kysely'
import type { Context, Instance } from '../context.ts'
import type { Db, Tx } from '../db/database.ts'
import { UniqueViolation } from '../db/errors.ts'
import type { Schema } from '../db/schema.ts'
import { within } from '../db/transaction-hooks.ts'
import { ApiError, invalid } from '../lib/api-error.ts'
import { canonicalJson, type Json } from '../lib/canonical-json.ts'
import { decrypt, deriveKey, encrypt, sha256 } from '../lib/encryption.ts'
import type { Answer } from './answer.ts'

/** Longer than any client retries. */
export const idempotencyRecordsKeptMs = 24 * 60 * 60 * 1000

/** The requests that a server is running now, by scope. */
const runningOf = new WeakMap<Instance, Set<string>>()

export interface IdempotentRequest {
  readonly operation: string
  readonly id: string | undefined
  readonly key: string
  readonly body: unknown
}

/** The header's value: any visible ASCII, at most 255, as in the field's draft standard. */
export function idempotencyKeyOf(header: string | undefined): string | null {
  if (header === undefined) return null
  if (!/^[\x21-\x7e]{1,255}$/.test(header)) {
    throw invalid('headers.idempotency-key', 'must be 1 to 255 visible ASCII characters')
  }
  return header
}

/** Runs `handle` once for this key; later tries get the stored answer. Effect and answer share one transaction. */
export async function once<T>(
  ctx: Context,
  request: IdempotentRequest,
  handle: (ctx: Context) => Promise<Answer<T>>,
): Promise<Answer<T>> {
  const { principal } = ctx
  const { workspaceId } = principal
  const credentialId = principal.kind === 'member' ? principal.credentialId : principal.id
  const scope = sha256(`${credentialId}\0${request.operation}\0${request.id ?? ''}\0${request.key}`)
  const requestHash = sha256(canonicalJson((request.body ?? null) as Json))
  const running = runningOf.get(ctx.instance) ?? new Set()
  runningOf.set(ctx.instance, running)
  if (running.has(scope)) throw new ApiError('idempotency_in_progress')
  running.add(scope)
  try {
    return await ctx.db.write(async (tx) => {
      const stored = await findAnswer<T>(ctx, tx, { scope, requestHash, key: request.key })
      if (stored) return stored
      const answer = await handle({ ...ctx, db: within(ctx.db, tx) })
      const now = ctx.clock.now()
      const record = {
        request_hash: requestHash,
        // Its text says what the body says.
        answer: encrypt(answerKey(ctx, request.key), JSON.stringify({ ...answer, body: answer.body, json: undefined })),
        external_user_id: answer.erasedWith ?? null,
        created_at: now,
      }
      await insertRecord(tx, { workspace_id: workspaceId, scope_hash: scope, ...record }, now)
      return answer
    })
  } catch (error) {
    // Another node may have been faster with the same key, and this try failed over what it made: its answer is the answer.
    const clashed = error instanceof UniqueViolation && error.table === 'idempotency_records'
    if (!clashed && !(error instanceof ApiError)) throw error
    const stored = await findAnswer<T>(ctx, ctx.db.read, { scope, requestHash, key: request.key })
    if (stored) return stored
    throw clashed ? new ApiError('idempotency_in_progress') : error
  } finally {
    running.delete(scope)
  }
}

/** Writes over a record that is too old; throws `UniqueViolation` when there is one that is not. */
async function insertRecord(tx: Tx, record: Insertable<Schema['idempotency_records']>, now: number): Promise<void> {
  await tx
    .deleteFrom('idempotency_records')
    .where('workspace_id', '=', record.workspace_id)
    .where('scope_hash', '=', record.scope_hash)
    .where('created_at', '<', now - idempotencyRecordsKeptMs)
    .execute()
  await tx.insertInto('idempotency_records').values(record).execute()
}

interface Wanted {
  readonly scope: string
  readonly requestHash: string
  readonly key: string
}

/** The stored answer; null when there is none or it is too old. Throws when the key was used for another request. */
async function findAnswer<T>(ctx: Context, db: Db, { scope, requestHash, key }: Wanted): Promise<Answer<T> | null> {
  const record = await db
    .selectFrom('idempotency_records')
    .select(['request_hash', 'answer'])
    .where('workspace_id', '=', ctx.principal.workspaceId)
    .where('scope_hash', '=', scope)
    .where('created_at', '>=', ctx.clock.now() - idempotencyRecordsKeptMs)
    .executeTakeFirst()
  if (!record) return null
  if (record.request_hash !== requestHash) throw new ApiError('idempotency_key_reused')
  return JSON.parse(decrypt(answerKey(ctx, key), record.answer)) as Answer<T>
}

/** Both the instance secret and the caller's key are needed to read an answer: it may hold a secret. */
function answerKey(ctx: Context, key: string): Buffer {
  return deriveKey(ctx.instance.secret, 'idempotency', key)
}
